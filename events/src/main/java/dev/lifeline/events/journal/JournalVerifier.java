package dev.lifeline.events.journal;

import dev.lifeline.events.codec.LineFormat;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.NavigableSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// Proves that a log is whole: every line fits its CRC, names the hash of the line before it, and
/// has the next sequence. It stops at the first that does not.
///
/// What it cannot see: lines cut off cleanly at the end, and segments that retention removed at the
/// beginning. Whoever has kept the hash of an old line can tell even those.
///
/// A server may write the log meanwhile. What retention removes while it is looked at is not in the
/// report, which begins with what is left; what is being written at the end is not damage.
public final class JournalVerifier {
  /// Longer than the writer needs for one write.
  private static final long WRITING_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private final Segments segments;
  private final MessageDigest sha256 = LineFormat.sha256();
  private byte @Nullable [] chain;
  private byte @Nullable [] cluster;
  private long firstSequence;
  private long lastSequence;
  private long lines;
  private long bytes;

  /// Called before a segment is looked at. A seam: for what happens to the files just then.
  private final LongConsumer before;

  private JournalVerifier(Segments segments, LongConsumer before) {
    this.segments = segments;
    this.before = before;
  }

  /// Verifies the log in a directory.
  public static VerifyReport verify(Path directory) throws IOException {
    return verify(directory, segment -> {});
  }

  static VerifyReport verify(Path directory, LongConsumer before) throws IOException {
    return new JournalVerifier(new Segments(directory), before).verify();
  }

  private VerifyReport verify() throws IOException {
    NavigableSet<Long> all = segments.list(Segments.SEGMENT);
    for (Long first : all) {
      before.accept(first);
      VerifyReport.Damage damage;
      try {
        damage = segment(first, all.last().equals(first));
      } catch (NoSuchFileException e) {
        if (retentionTook(first)) {
          beginAnew();
          continue;
        }
        damage =
            new VerifyReport.Damage(
                VerifyReport.Kind.SEQUENCE_GAP,
                Segments.name(first, Segments.SEGMENT),
                1,
                0,
                "the file has gone meanwhile, and not as retention removes the oldest");
      }
      if (damage != null) {
        return report(damage);
      }
    }
    return report(null);
  }

  /// Retention takes the oldest first and never the one that is written, so that the log has no
  /// holes: a segment that is gone while an older one is there, or without one after it, was not
  /// taken by it.
  private boolean retentionTook(long first) throws IOException {
    NavigableSet<Long> left = segments.list(Segments.SEGMENT);
    return left.lower(first) == null && left.higher(first) != null;
  }

  /// What was proved is gone, and what comes next follows what nobody can see any more.
  private void beginAnew() {
    chain = null;
    firstSequence = 0;
    lastSequence = 0;
    lines = 0;
    bytes = 0;
  }

  private VerifyReport report(VerifyReport.@Nullable Damage damage) {
    return new VerifyReport(firstSequence, lastSequence, lines, bytes, damage);
  }

  private VerifyReport.@Nullable Damage segment(long first, boolean last) throws IOException {
    Path path = segments.path(first, Segments.SEGMENT);
    String name = Segments.name(first, Segments.SEGMENT);
    long number = 0;
    try (LineScanner scanner = new LineScanner(path, 0)) {
      while (scanner.next() || (last && grows(scanner))) {
        number++;
        Problem problem = check(scanner, number == 1 ? first : 0);
        if (problem != null) {
          return new VerifyReport.Damage(
              problem.kind, name, number, scanner.offset(), problem.detail);
        }
        bytes += scanner.to() - scanner.from() + 1;
        lines++;
      }
      long rest = scanner.size() - scanner.restOffset();
      if (rest > 0) {
        return new VerifyReport.Damage(
            last ? VerifyReport.Kind.TORN_TAIL : VerifyReport.Kind.BAD_CRC,
            name,
            number + 1,
            scanner.restOffset(),
            "the last " + rest + " bytes are not a whole line");
      }
    }
    return null;
  }

  /// Steps to the line whose first half is there: it may be just being written.
  private static boolean grows(LineScanner scanner) throws IOException {
    long seen = scanner.size();
    while (seen > scanner.restOffset()) {
      LockSupport.parkNanos(WRITING_NANOS);
      if (scanner.next()) {
        return true;
      }
      if (scanner.size() == seen) {
        return false;
      }
      seen = scanner.size();
    }
    return false;
  }

  private record Problem(VerifyReport.Kind kind, String detail) {}

  /// @param named the sequence that the file's name promises, 0 when this is not its first line
  private @Nullable Problem check(LineScanner scanner, long named) {
    byte[] line = scanner.buffer();
    int from = scanner.from();
    int to = scanner.to();
    if (!LineFormat.crcMatches(line, from, to)) {
      return new Problem(VerifyReport.Kind.BAD_CRC, "the bytes do not fit their CRC");
    }
    long sequence = LineFormat.sequence(line, from, to);
    if (named != 0 && sequence != named) {
      return new Problem(VerifyReport.Kind.WRONG_NAME, "the file begins with event " + sequence);
    }
    if (firstSequence != 0 && sequence != lastSequence + 1) {
      return new Problem(
          VerifyReport.Kind.SEQUENCE_GAP, "event " + sequence + " follows event " + lastSequence);
    }
    byte[] before = firstSequence == 0 && sequence == 1 ? new byte[LineFormat.CHAIN_BYTES] : chain;
    if (before != null && !LineFormat.chainMatches(line, from, to, before)) {
      return new Problem(
          VerifyReport.Kind.BROKEN_CHAIN, "the line does not name the hash of the line before it");
    }
    if (cluster == null) {
      cluster = beginning(line, from, to);
    }
    if (to - from < cluster.length
        || !Arrays.equals(line, from, from + cluster.length, cluster, 0, cluster.length)) {
      return new Problem(VerifyReport.Kind.OTHER_CLUSTER, "the event is of another cluster");
    }
    chain = LineFormat.hash(sha256, line, from, to);
    firstSequence = firstSequence == 0 ? sequence : firstSequence;
    lastSequence = sequence;
    return null;
  }

  /// The line's beginning up to the dash in its id, which names the cluster.
  private static byte[] beginning(byte[] line, int from, int to) {
    int dash = from;
    while (dash < to && line[dash] != '-') {
      dash++;
    }
    return Arrays.copyOfRange(line, from, Math.min(to, dash + 1));
  }
}
