import dev.lifeline.events.Subject;
import dev.lifeline.events.TransactionEvent;
import dev.lifeline.events.WalEvent;
import dev.lifeline.events.journal.Journal;
import dev.lifeline.events.journal.JournalConfig;
import dev.lifeline.events.journal.JournalReader;
import dev.lifeline.events.journal.JournalVerifier;
import dev.lifeline.events.journal.VerifyReport;
import dev.lifeline.events.state.ClusterState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/// What the event log costs: events are appended and fsynced in batches, verified, and folded into the
/// cluster's state. Prints for each round how many of them a second of the clock and a second of one
/// core's time were enough for; the latter has everything in it that this process does.
///
///     java -cp 'lib/*' JournalBench.java DIRECTORY ROUNDS EVENTS
public final class JournalBench {
  private static final Subject WALWRITER = new Subject("walwriter", 5);

  /// So many wait at most, so that none is dropped.
  private static final int QUEUED_MAX = 50_000;

  private final Path directory;
  private final int events;

  private JournalBench(Path directory, int events) {
    this.directory = directory;
    this.events = events;
  }

  public static void main(String[] arguments) throws Exception {
    Path base = Files.createTempDirectory(Path.of(arguments[0]), "journal");
    try {
      for (int round = 0; round < Integer.parseInt(arguments[1]); round++) {
        new JournalBench(base.resolve("round" + round), Integer.parseInt(arguments[2])).round();
      }
    } finally {
      remove(base);
    }
  }

  private interface Work {
    void run() throws Exception;
  }

  private void round() throws Exception {
    Files.createDirectories(directory);
    measure("append", this::append);
    Path log = directory.resolve(Journal.DIRECTORY);
    measure(
        "verify",
        () -> {
          VerifyReport report = JournalVerifier.verify(log);
          if (!report.intact()) {
            throw new IllegalStateException(report.toString());
          }
        });
    measure(
        "fold",
        () -> {
          ClusterState state = JournalReader.of(log).fold(ClusterState.EMPTY, Long.MAX_VALUE);
          if (state.sequence() < events) {
            throw new IllegalStateException("only " + state.sequence() + " events");
          }
        });
  }

  private void measure(String what, Work work) throws Exception {
    long cpu = cpuNanos();
    long clock = System.nanoTime();
    work.run();
    clock = System.nanoTime() - clock;
    cpu = cpuNanos() - cpu;
    System.out.printf(
        Locale.ROOT, "%s %.0f %.0f%n", what, events * 1e9 / clock, events * 1e9 / cpu);
  }

  private static long cpuNanos() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  /// The two kinds that a busy server has most of.
  private void append() throws Exception {
    try (Journal journal = Journal.open(directory, JournalConfig.of(1))) {
      for (int i = 1; i <= events; i++) {
        while (journal.queued() >= QUEUED_MAX) {
          Thread.sleep(1);
        }
        if (i % 2 == 0) {
          WalEvent flushed = new WalEvent.Flushed(i * 100L, i * 100L + 90, 90, 3, 0.125, 1.5);
          journal.emit(WALWRITER, flushed, i - 1);
        } else {
          journal.emit(WALWRITER, new TransactionEvent.Committed(i, 1.25, i));
        }
      }
      journal.flush().get();
      if (journal.dropped() > 0) {
        throw new IllegalStateException(journal.dropped() + " events were dropped");
      }
    }
  }

  private static void remove(Path path) throws IOException {
    List<Path> all;
    try (Stream<Path> found = Files.walk(path)) {
      all = found.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path one : all) {
      try {
        Files.delete(one);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
