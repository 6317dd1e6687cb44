package dev.lifeline.main;

import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `lifeline promote`: a Lifeline server is never a standby, so there is nothing to promote.
@Command(
    name = "promote",
    description = "Refused: a Lifeline server is never in standby mode.",
    mixinStandardHelpOptions = true)
final class PromoteCommand extends ControlCommand {
  @SuppressWarnings("UnusedVariable") // pg_ctl's options are taken; there is nothing to wait for.
  @Mixin
  private Waiting waiting = new Waiting();

  @Override
  int act(Optional<RunningServer> found) {
    if (found.isEmpty()) {
      return noServer();
    }
    error("cannot promote server; server is not in standby mode");
    return Main.EXIT_FAILURE;
  }
}
