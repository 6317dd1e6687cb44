package dev.lifeline.events.journal;

import dev.lifeline.events.Envelope;
import dev.lifeline.events.Subject;
import dev.lifeline.events.TransactionEvent;
import dev.lifeline.events.WalEvent;
import dev.lifeline.events.codec.JsonWriter;
import dev.lifeline.events.codec.LineFormat;
import dev.lifeline.events.codec.LineReader;
import dev.lifeline.events.codec.LineWriter;
import dev.lifeline.events.state.ClusterState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/// Measures what the log costs: the yardstick `journal`. Run by hand; nothing asserts a time.
final class JournalThroughput {
  private static final int EVENTS = 400_000;
  private static final Subject WALWRITER = new Subject("walwriter", 5);

  private JournalThroughput() {}

  public static void main(String[] arguments) throws Exception {
    for (int round = 0; round < 3; round++) {
      encode();
      Path directory = Files.createTempDirectory(Path.of(arguments[0]), "journal");
      append(directory);
      read(directory.resolve(Journal.DIRECTORY));
    }
  }

  private static WalEvent.Flushed event(int i) {
    return new WalEvent.Flushed(i * 100L, i * 100L + 90, 90, 3, 0.125, 1.5);
  }

  private static void report(String what, long nanos, long bytes) {
    System.out.printf(
        Locale.ROOT,
        "%-8s %,9d events/s  %6.1f MB/s%n",
        what,
        EVENTS * 1_000_000_000L / nanos,
        bytes * 1000.0 / nanos);
  }

  private static void encode() {
    LineWriter lines = new LineWriter(1, new byte[LineFormat.CHAIN_BYTES]);
    JsonWriter out = new JsonWriter();
    long bytes = 0;
    long start = System.nanoTime();
    for (int i = 1; i <= EVENTS; i++) {
      out.truncate(0);
      lines.append(out, new Envelope(1, i, Instant.now(), WALWRITER, i - 1, null, event(i)));
      bytes += out.length();
    }
    report("encode", System.nanoTime() - start, bytes);
  }

  private static void append(Path directory) throws Exception {
    long start = System.nanoTime();
    try (Journal journal = Journal.open(directory, JournalConfig.of(1))) {
      for (int i = 1; i <= EVENTS; i++) {
        while (journal.queued() > 50_000) {
          Thread.onSpinWait();
        }
        if (i % 2 == 0) {
          journal.emit(WALWRITER, event(i), i - 1);
        } else {
          journal.emit(WALWRITER, new TransactionEvent.Committed(i, 1.25, i));
        }
      }
      journal.flush().get();
      report("append", System.nanoTime() - start, bytes(directory.resolve(Journal.DIRECTORY)));
      System.out.println("         fsyncs " + journal.syncs() + ", dropped " + journal.dropped());
    }
  }

  private static long bytes(Path directory) throws Exception {
    long bytes = 0;
    for (long first : new Segments(directory).list(Segments.SEGMENT)) {
      bytes += Files.size(directory.resolve(Segments.name(first, Segments.SEGMENT)));
    }
    return bytes;
  }

  private static void read(Path directory) throws Exception {
    long start = System.nanoTime();
    VerifyReport report = JournalVerifier.verify(directory);
    report("verify", System.nanoTime() - start, report.bytes());
    start = System.nanoTime();
    ClusterState state = ClusterState.EMPTY;
    LineReader reader = new LineReader();
    try (JournalCursor cursor = JournalReader.of(directory).cursor(1)) {
      while (true) {
        List<JournalLine> lines = cursor.next(1000);
        if (lines.isEmpty()) {
          break;
        }
        for (JournalLine line : lines) {
          state = state.apply(line.envelope(reader));
        }
      }
    }
    report("fold", System.nanoTime() - start, report.bytes());
    if (!report.intact() || state.sequence() != EVENTS) {
      throw new AssertionError(report.toString());
    }
  }
}
