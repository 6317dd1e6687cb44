package dev.lifeline.main;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `lifeline start`: the server in the background.
@Command(
    name = "start",
    description = "Starts the server in the background.",
    mixinStandardHelpOptions = true)
final class StartCommand extends ControlCommand {
  @Mixin private Waiting waiting = new Waiting();

  @Mixin private Launch launch = new Launch();

  /// What start and restart share.
  static final class Launch {
    @Option(
        names = {"-l", "--log"},
        paramLabel = "FILENAME",
        description = "write (or append) server log to FILENAME")
    private @Nullable Path log;

    @Option(
        names = {"-o", "--options"},
        paramLabel = "OPTIONS",
        description = "command line options to pass to \"lifeline run\"")
    private @Nullable String options;

    /// The options, or those of the last start where none are given.
    List<String> arguments(List<String> ofLastStart) {
      String given = options;
      return given == null ? ofLastStart : ShellWords.split(given);
    }
  }

  @Override
  int act(Optional<RunningServer> found) throws IOException, InterruptedException {
    if (found.isPresent()) {
      error("another server might be running; trying to start server anyway");
    }
    return start(this, launch, waiting, List.of());
  }

  /// Starts the server and waits for it; also for a restart.
  static int start(ControlCommand command, Launch launch, Waiting waiting, List<String> ofLastStart)
      throws IOException, InterruptedException {
    Path place = command.place();
    Process process = ServerLauncher.launch(place, launch.arguments(ofLastStart), launch.log);
    if (!waiting.waits()) {
      command.say("server starting\n");
      return 0;
    }
    command.say("waiting for server to start...");
    boolean intime =
        command.await(waiting.seconds(), () -> !process.isAlive() || isReady(place, process));
    if (!process.isAlive()) {
      command.say(" stopped waiting\n");
      error("could not start server");
      System.err.println("Examine the log output.");
      return Main.EXIT_FAILURE;
    }
    if (!intime) {
      command.say(" stopped waiting\n");
      error("server did not start in time");
      return Main.EXIT_FAILURE;
    }
    command.say(" done\n");
    command.say("server started\n");
    return 0;
  }

  private static boolean isReady(Path place, Process process) throws IOException {
    return RunningServer.find(place)
        .filter(server -> server.pid() == process.pid())
        .map(server -> server.status().equals("ready"))
        .orElse(false);
  }
}
