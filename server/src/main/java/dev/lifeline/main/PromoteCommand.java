package dev.lifeline.main;

import java.util.Optional;
import picocli.CommandLine.Command;

/// `lifeline promote`: what `pg_ctl promote` is to a server that is no standby, which none is. A
/// recovery from an archive ends by itself.
@Command(
    name = "promote",
    description = "Fails: there are no standby servers.",
    mixinStandardHelpOptions = true)
final class PromoteCommand extends ControlCommand {

  @Override
  int act(Optional<RunningServer> found) {
    if (found.isEmpty()) {
      return noServer();
    }
    error("cannot promote server; server is not in standby mode");
    return Main.EXIT_FAILURE;
  }
}
