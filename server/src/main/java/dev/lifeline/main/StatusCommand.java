package dev.lifeline.main;

import dev.lifeline.events.journal.Journal;
import dev.lifeline.events.journal.JournalReader;
import dev.lifeline.events.state.ClusterState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `lifeline status`.
@Command(
    name = "status",
    description = "Tells whether the server runs.",
    footer = {
      "",
      "Exit code: 0 when it runs, 3 when it does not, 4 when there is no accessible data directory."
    },
    mixinStandardHelpOptions = true)
final class StatusCommand extends ControlCommand {
  private static final int EXIT_NO_SERVER = 3;
  private static final int EXIT_NO_DATA_DIRECTORY = 4;

  @Option(names = "--tree", description = "print the server's processes")
  private boolean tree;

  @Override
  int noDataDirectory() {
    return EXIT_NO_DATA_DIRECTORY;
  }

  @Override
  int act(Optional<RunningServer> found) throws IOException {
    if (found.isEmpty() || !found.get().alive()) {
      System.out.println("lifeline: no server running");
      return EXIT_NO_SERVER;
    }
    System.out.println("lifeline: server is running (PID: " + found.get().pid() + ")");
    Path opts = place().resolve(PostmasterOpts.FILE);
    if (Files.exists(opts)) {
      System.out.print(Files.readString(opts));
    }
    if (tree) {
      printTree();
    }
    return 0;
  }

  /// The processes that the event log says are alive.
  private void printTree() throws IOException {
    JournalReader reader = JournalReader.of(place().resolve(Journal.DIRECTORY));
    ClusterState state = reader.stateAt(Instant.now());
    ProcessTree.lines(state).forEach(System.out::println);
  }
}
