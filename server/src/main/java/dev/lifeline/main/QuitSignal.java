package dev.lifeline.main;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.file.Files;
import java.nio.file.Path;

/// SIGQUIT, by which PostgreSQL is asked for an immediate shutdown. HotSpot answers it with the
/// stacks of its threads and lets no Java code handle it; but afterwards it tells whoever listens
/// to the event DataDumpRequest of its tool interface (JVMTI), and that need not be an agent: the
/// interface can be called from here. So the stacks stand in the output, and then the server ends;
/// `jcmd` and `jstack` work as ever, because what they send is answered before that.
@SuppressWarnings("restricted") // the launcher allows calls into native code
final class QuitSignal {
  private static final int JNI_OK = 0;

  /// The first version of the interface that has all that is needed.
  private static final int JVMTI_VERSION = 0x30010200;

  private static final int ENABLE = 1;
  private static final int DATA_DUMP_REQUEST = 71;

  /// The number of the event that is first in the table of callbacks.
  private static final int FIRST_EVENT = 50;

  /// Places in the tables of functions, from 0.
  private static final int GET_ENV = 6;

  private static final int SET_EVENT_NOTIFICATION_MODE = 1;
  private static final int SET_EVENT_CALLBACKS = 121;

  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final AddressLayout ADDRESS = ValueLayout.ADDRESS;
  private static final AddressLayout TABLE =
      ADDRESS.withTargetLayout(MemoryLayout.sequenceLayout(Long.MAX_VALUE, ValueLayout.JAVA_BYTE));
  private static final AddressLayout OBJECT = ADDRESS.withTargetLayout(TABLE);

  /// A start has other things to do, and this is a tenth of a second of work.
  private static final long LATER_MS = 500;

  private final Runnable action;

  private QuitSignal(Runnable action) {
    this.action = action;
  }

  /// Runs the action at each SIGQUIT, on a thread of its own; from a moment after the start on.
  static void soon(Runnable action) {
    Thread.ofPlatform()
        .name("sigquit-start")
        .daemon()
        .start(() -> {
          try {
            Thread.sleep(LATER_MS);
            on(action);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  private static void on(Runnable action) {
    Path jvm = Path.of(System.getProperty("java.home"), "lib", "server", "libjvm.so");
    try {
      if (Files.exists(jvm)
          && new QuitSignal(action).listen(SymbolLookup.libraryLookup(jvm, Arena.global()))) {
        return;
      }
      System.err.println("lifeline: WARNING:  this JVM keeps SIGQUIT; SIGUSR1 does the same");
    } catch (Throwable e) {
      System.err.println("lifeline: WARNING:  cannot handle SIGQUIT: " + e);
    }
  }

  private boolean listen(SymbolLookup jvm) throws Throwable {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment machines = arena.allocate(OBJECT);
      MemorySegment count = arena.allocate(INT);
      MethodHandle created =
          function(
              jvm.find("JNI_GetCreatedJavaVMs").orElseThrow(),
              FunctionDescriptor.of(INT, ADDRESS, INT, ADDRESS));
      if ((int) created.invokeExact(machines, 1, count) != JNI_OK) {
        return false;
      }
      MemorySegment machine = machines.get(OBJECT, 0);
      MemorySegment found = arena.allocate(OBJECT);
      MethodHandle getEnv =
          function(entry(machine, GET_ENV), FunctionDescriptor.of(INT, ADDRESS, ADDRESS, INT));
      if ((int) getEnv.invokeExact(machine, found, JVMTI_VERSION) != JNI_OK) {
        return false;
      }
      return listen(found.get(OBJECT, 0), arena);
    }
  }

  private boolean listen(MemorySegment tools, Arena arena) throws Throwable {
    MethodHandle target =
        MethodHandles.lookup()
            .findVirtual(
                QuitSignal.class,
                "requested",
                MethodType.methodType(void.class, MemorySegment.class))
            .bindTo(this);
    MemorySegment callback =
        Linker.nativeLinker()
            .upcallStub(target, FunctionDescriptor.ofVoid(ADDRESS), Arena.global());
    int callbacks = DATA_DUMP_REQUEST - FIRST_EVENT + 1;
    MemorySegment table = arena.allocate(ADDRESS, callbacks);
    table.setAtIndex(ADDRESS, callbacks - 1, callback);
    MethodHandle setCallbacks =
        function(
            entry(tools, SET_EVENT_CALLBACKS), FunctionDescriptor.of(INT, ADDRESS, ADDRESS, INT));
    MethodHandle setMode =
        Linker.nativeLinker()
            .downcallHandle(
                entry(tools, SET_EVENT_NOTIFICATION_MODE),
                FunctionDescriptor.of(INT, ADDRESS, INT, INT, ADDRESS),
                Linker.Option.firstVariadicArg(4));
    return (int) setCallbacks.invokeExact(tools, table, Math.toIntExact(table.byteSize())) == JNI_OK
        && (int) setMode.invokeExact(tools, ENABLE, DATA_DUMP_REQUEST, MemorySegment.NULL)
            == JNI_OK;
  }

  /// The JVM's objects begin with the address of their table of functions.
  private static MemorySegment entry(MemorySegment object, int index) {
    return object.get(TABLE, 0).getAtIndex(ADDRESS, index);
  }

  private static MethodHandle function(MemorySegment address, FunctionDescriptor type) {
    return Linker.nativeLinker().downcallHandle(address, type);
  }

  /// Called by the JVM, on the thread that dispatches its signals.
  @SuppressWarnings("unused") // the JVM gives the interface that it calls
  private void requested(MemorySegment tools) {
    Thread.ofPlatform().name("SIGQUIT").daemon().start(action);
  }
}
