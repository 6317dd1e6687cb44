package dev.lifeline.main;

import dev.lifeline.events.Envelope;
import dev.lifeline.events.LifecycleEvent;
import dev.lifeline.events.codec.EventType;
import dev.lifeline.events.codec.LineReader;
import dev.lifeline.events.journal.Journal;
import dev.lifeline.events.journal.JournalLine;
import dev.lifeline.events.journal.JournalReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// `lifeline observe` in a process of its own, and what it has written to its journal.
final class ObserverProcess implements AutoCloseable {
  static final String DASHBOARD_PORT = "--dashboard-port";
  private static final long WAIT_S = 60;

  final Process process;

  /// An observer of these servers.
  ///
  /// @param urls and options; without one for it there is no dashboard
  ObserverProcess(Path directory, String... urls) throws IOException {
    List<String> arguments =
        new ArrayList<>(List.of("observe", "-D", directory.toString(), "--from", "oldest"));
    if (!Arrays.asList(urls).contains(DASHBOARD_PORT)) {
      arguments.addAll(List.of(DASHBOARD_PORT, "0"));
    }
    arguments.addAll(List.of(urls));
    process =
        new ProcessBuilder(LifelineProcess.command(arguments.toArray(String[]::new)))
            .redirectErrorStream(true)
            .redirectOutput(
                ProcessBuilder.Redirect.appendTo(directory.resolveSibling("observer.txt").toFile()))
            .start();
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().completeOnTimeout(process, 20, TimeUnit.SECONDS).join();
    process.destroyForcibly().onExit().join();
  }

  /// The one journal that is there.
  static @Nullable Path journal(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return null;
    }
    try (Stream<Path> clusters = Files.list(directory)) {
      return clusters
          .map(cluster -> cluster.resolve(Journal.DIRECTORY))
          .filter(Files::isDirectory)
          .findFirst()
          .orElse(null);
    }
  }

  static List<Envelope> events(Path directory) throws IOException {
    return events(directory, 0);
  }

  private static List<Envelope> events(Path directory, long after) throws IOException {
    Path journal = journal(directory);
    return journal == null ? List.of() : read(journal, after);
  }

  /// The last event's sequence, 0 before the first.
  static long last(Path directory) throws IOException {
    Path journal = journal(directory);
    return journal == null ? 0 : JournalReader.of(journal).lastSequence();
  }

  static List<Envelope> read(Path journal) throws IOException {
    return read(journal, 0);
  }

  private static List<Envelope> read(Path journal, long after) throws IOException {
    List<Envelope> events = new ArrayList<>();
    LineReader lines = new LineReader();
    for (JournalLine line : JournalReader.of(journal).read(after + 1, Integer.MAX_VALUE)) {
      events.add(line.envelope(lines));
    }
    return events;
  }

  /// Waits for an event after this one; returns its sequence.
  static long await(Path directory, long after, Predicate<LifecycleEvent> wanted) throws Exception {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_S);
    long seen = after;
    while (true) {
      for (Envelope event : events(directory, seen)) {
        if (wanted.test(event.event())) {
          return event.sequence();
        }
        seen = event.sequence();
      }
      if (System.nanoTime() > until) {
        throw new IllegalStateException(
            events(directory, after).stream()
                    .map(event -> EventType.of(event.event()).shortName())
                    .toList()
                + Files.readString(directory.resolveSibling("observer.txt")));
      }
      Thread.sleep(50);
    }
  }

  static long await(Path directory, long after, Class<? extends LifecycleEvent> type)
      throws Exception {
    return await(directory, after, type::isInstance);
  }
}
