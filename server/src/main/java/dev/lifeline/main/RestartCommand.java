package dev.lifeline.main;

import java.io.IOException;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `lifeline restart`: stop and start, with the options of the last start.
@Command(
    name = "restart",
    description = "Stops the server and starts it again.",
    mixinStandardHelpOptions = true)
final class RestartCommand extends ControlCommand {
  @Mixin private Waiting waiting = new Waiting();

  @Mixin private ShutdownOption shutdown = new ShutdownOption();

  @Mixin private StartCommand.Launch launch = new StartCommand.Launch();

  @Override
  int act(Optional<RunningServer> found) throws IOException, InterruptedException {
    if (found.isEmpty()) {
      noServer();
      System.err.println("trying to start server anyway");
    } else if (!found.get().alive()) {
      error("old server process (PID: " + found.get().pid() + ") seems to be gone");
      System.err.println("starting server anyway");
    } else {
      RunningServer server = found.get();
      server.signal(shutdown.mode().signal());
      if (!StopCommand.awaitStop(this, server, waiting.seconds(), shutdown.mode())) {
        return Main.EXIT_FAILURE;
      }
    }
    return StartCommand.start(this, launch, waiting, PostmasterOpts.read(place()));
  }
}
