package dev.lifeline.main;

import dev.lifeline.access.transam.ControlData;
import dev.lifeline.access.transam.ControlFile;
import dev.lifeline.storage.file.FileDisk;
import dev.lifeline.storage.ipc.Wakeup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `lifeline promote`: lets a server whose recovery is paused at its target go into production.
@Command(
    name = "promote",
    description = "Ends the recovery of a server that is paused at its target.",
    mixinStandardHelpOptions = true)
final class PromoteCommand extends ControlCommand {
  private static final int FILES_MAX = 4;

  @Mixin private Waiting waiting = new Waiting();

  @Override
  int act(Optional<RunningServer> found) throws IOException, InterruptedException {
    if (found.isEmpty()) {
      return noServer();
    }
    if (state() != ControlData.State.IN_ARCHIVE_RECOVERY) {
      error("cannot promote server; server is not in standby mode");
      return Main.EXIT_FAILURE;
    }
    Path signal = place().resolve("promote");
    Files.deleteIfExists(signal);
    Files.createFile(signal);
    if (!waiting.waits()) {
      say("server promoting\n");
      return 0;
    }
    say("waiting for server to promote...");
    if (!await(waiting.seconds(), () -> state() == ControlData.State.IN_PRODUCTION)) {
      say(" stopped waiting\n");
      error("server did not promote in time");
      return Main.EXIT_FAILURE;
    }
    say(" done\nserver promoted\n");
    return 0;
  }

  private ControlData.State state() {
    FileDisk disk = FileDisk.open(place(), FILES_MAX, Wakeup.direct());
    try {
      return Blocking.await(ControlFile.read(disk)).state();
    } finally {
      Blocking.await(disk.abandon());
    }
  }
}
