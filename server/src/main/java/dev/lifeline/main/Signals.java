package dev.lifeline.main;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/// Signals of the operating system. The JDK's class for them is not part of its supported API, so
/// it is looked up by name: where it is missing, signals keep their default meaning.
final class Signals {
  private Signals() {}

  /// Runs the action at each signal of that name (without SIG), on a thread of the JVM.
  static void on(String name, Runnable action) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object proxy =
          Proxy.newProxyInstance(
              handler.getClassLoader(),
              new Class<?>[] {handler},
              (self, method, args) -> {
                switch (method.getName()) {
                  case "handle" -> action.run();
                  case "equals" -> {
                    return System.identityHashCode(self) == System.identityHashCode(args[0]);
                  }
                  case "hashCode" -> {
                    return System.identityHashCode(self);
                  }
                  case "toString" -> {
                    return "handler of SIG" + name;
                  }
                  default -> throw new IllegalStateException(method.getName());
                }
                return null;
              });
      signal
          .getMethod("handle", signal, handler)
          .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
    } catch (ClassNotFoundException
        | NoSuchMethodException
        | IllegalAccessException
        | InstantiationException
        | InvocationTargetException e) {
      throw new IllegalStateException("cannot handle SIG" + name, e);
    }
  }
}
