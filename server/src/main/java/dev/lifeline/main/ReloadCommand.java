package dev.lifeline.main;

import java.io.IOException;
import java.util.Optional;
import picocli.CommandLine.Command;

/// `lifeline reload`.
@Command(
    name = "reload",
    description = "Makes the server read its configuration again.",
    mixinStandardHelpOptions = true)
final class ReloadCommand extends ControlCommand {
  @Override
  int act(Optional<RunningServer> found) throws IOException, InterruptedException {
    if (found.isEmpty()) {
      return noServer();
    }
    if (!found.get().alive()) {
      error("could not send reload signal (PID: " + found.get().pid() + "): No such process");
      return Main.EXIT_FAILURE;
    }
    found.get().signal("HUP");
    say("server signaled\n");
    return 0;
  }
}
