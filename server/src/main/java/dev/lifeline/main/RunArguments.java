package dev.lifeline.main;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads the command line of `run`, which is what everybody waits for at a start, without picocli.
///
/// Formally, it reads a command line only where picocli would read the same; it gives up at
/// whatever is unusual or wrong, and picocli has its say about that.
final class RunArguments {
  /// The flags of [ServerOptions] that take one value.
  static final Set<String> WITH_VALUE = Set.of("-D", "-p", "-h", "-k");

  private RunArguments() {}

  /// The command, or null where picocli must read it.
  static @Nullable RunCommand parse(String... args) {
    if (args.length == 0 || !args[0].equals("run")) {
      return null;
    }
    Map<String, String> flags = new HashMap<>();
    List<String> parameters = new ArrayList<>();
    boolean demo = false;
    boolean noBanner = false;
    for (int i = 1; i < args.length; i++) {
      String flag = args[i];
      if (flag.equals("--demo")) {
        demo = true;
        continue;
      }
      if (flag.equals("--no-banner")) {
        noBanner = true;
        continue;
      }
      boolean parameter = flag.equals("-c");
      if ((!parameter && !WITH_VALUE.contains(flag)) || i + 1 == args.length) {
        return null;
      }
      String value = args[++i];
      if (value.startsWith("-") || value.startsWith("@")) {
        return null;
      }
      if (parameter) {
        parameters.add(value);
      } else {
        flags.put(flag, value);
      }
    }
    return new RunCommand(new ServerOptions(flags, parameters), demo, noBanner);
  }
}
