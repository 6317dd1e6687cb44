package dev.lifeline.main;

import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Starts `lifeline run` as a process of its own, with the flags and the classes of this JVM.
final class ServerLauncher {
  private static final File NOTHING = new File("/dev/null");

  private ServerLauncher() {}

  /// @param log where the server's output goes; null: where this process's goes
  static Process launch(Path dataDirectory, List<String> arguments, @Nullable Path log)
      throws IOException {
    List<String> command = new ArrayList<>();
    // A session of its own, so that a Ctrl-C in the terminal is not for the server.
    if (Files.isExecutable(Path.of("/usr/bin/setsid"))) {
      command.add("/usr/bin/setsid");
    }
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(List.of("run", "--no-banner", "-D", dataDirectory.toString()));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command).redirectInput(NOTHING);
    if (log == null) {
      builder
          .redirectOutput(ProcessBuilder.Redirect.INHERIT)
          .redirectError(ProcessBuilder.Redirect.INHERIT);
    } else {
      builder
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    }
    return builder.start();
  }
}
