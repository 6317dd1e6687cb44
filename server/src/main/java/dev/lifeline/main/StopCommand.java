package dev.lifeline.main;

import java.io.IOException;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `lifeline stop`.
@Command(
    name = "stop",
    description = "Stops the server.",
    footer = {
      "",
      "The signals are PostgreSQL's: SIGTERM (smart), SIGINT (fast), SIGQUIT (immediate; the JVM prints",
      "the stacks of its threads first, and does not at SIGUSR1, which does the same)."
    },
    mixinStandardHelpOptions = true)
final class StopCommand extends ControlCommand {
  @Mixin private Waiting waiting = new Waiting();

  @Mixin private ShutdownOption shutdown = new ShutdownOption();

  @Override
  int act(Optional<RunningServer> found) throws IOException, InterruptedException {
    if (found.isEmpty()) {
      return noServer();
    }
    RunningServer server = found.get();
    if (!server.alive()) {
      error("could not send stop signal (PID: " + server.pid() + "): No such process");
      return Main.EXIT_FAILURE;
    }
    server.signal(shutdown.mode().signal());
    if (!waiting.waits()) {
      say("server shutting down\n");
      return 0;
    }
    return awaitStop(this, server, waiting.seconds(), shutdown.mode()) ? 0 : Main.EXIT_FAILURE;
  }

  /// Waits until the server has ended, and says so; also for a restart.
  static boolean awaitStop(
      ControlCommand command, RunningServer server, long seconds, ShutdownOption.Mode mode)
      throws IOException, InterruptedException {
    command.say("waiting for server to shut down...");
    if (!command.await(seconds, () -> !server.alive())) {
      command.say(" failed\n");
      error("server does not shut down");
      if (mode == ShutdownOption.Mode.SMART) {
        System.err.println(
            "HINT: The \"-m fast\" option immediately disconnects sessions rather than\n"
                + "waiting for session-initiated disconnection.");
      }
      return false;
    }
    command.say(" done\n");
    command.say("server stopped\n");
    return true;
  }
}
