package dev.lifeline.events.journal;

import dev.lifeline.events.codec.EventFormatException;
import dev.lifeline.events.codec.LineFormat;
import dev.lifeline.events.codec.LineReader;
import dev.lifeline.events.state.ClusterState;
import java.io.IOException;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.util.NavigableSet;
import org.jspecify.annotations.Nullable;

/// What a start finds in the directory, and what it puts right.
///
/// Only the last segment can be torn, so only it is read. Bytes behind its last whole line are cut
/// off when nothing whole follows them: the machine died while they were written. Where whole lines
/// do follow, it may still be so, because a disk that loses power has written what was not synced
/// in any order. Lines that tell how far the log was durable, and snapshots, which are written
/// after a sync, decide: behind the last such point everything from the first broken line on is cut
/// off. Before it, it is damage and not a torn tail; it stays as it is for [JournalVerifier] to
/// tell of, and writing goes on in a new segment.
final class OpenedLog {
  private final JournalConfig config;
  private final JournalFiles files;
  private final Segments segments;
  private final MessageDigest sha256 = LineFormat.sha256();

  private long lastSequence;
  private byte[] chain = new byte[LineFormat.CHAIN_BYTES];
  private @Nullable SegmentIndex index;
  private long segment;
  private boolean continueSegment;
  private long tornBytes;
  private boolean damaged;

  /// The log was on disk up to this event at some time.
  private long durable;

  /// The last whole line before the first broken one, and where that ends.
  private long sequenceBeforeBreak;

  private long endBeforeBreak;

  private OpenedLog(JournalConfig config, JournalFiles files, Segments segments) {
    this.config = config;
    this.files = files;
    this.segments = segments;
  }

  static OpenedLog open(JournalConfig config, JournalFiles files, Segments segments)
      throws IOException {
    OpenedLog log = new OpenedLog(config, files, segments);
    NavigableSet<Long> all = segments.list(Segments.SEGMENT);
    if (!all.isEmpty()) {
      log.scan(all.last());
      if (log.lastSequence < all.last() && all.lower(all.last()) != null) {
        log.lastLineOf(all.lower(all.last()));
      }
    }
    return log;
  }

  private void scan(long first) throws IOException {
    segment = first;
    NavigableSet<Long> snapshots = segments.list(Segments.SNAPSHOT);
    durable = Math.max(first - 1, snapshots.isEmpty() ? 0 : snapshots.last());
    long size = Files.size(segments.path(first, Segments.SEGMENT));
    long whole = read(first);
    if (damaged && sequenceBeforeBreak >= durable) {
      cut(first, endBeforeBreak);
      whole = read(first);
    }
    tornBytes = size - whole;
    continueSegment = !damaged;
    if (continueSegment && tornBytes > 0) {
      cut(first, whole);
    }
  }

  private void cut(long first, long size) throws IOException {
    try (JournalFiles.SegmentFile file = files.open(Segments.name(first, Segments.SEGMENT))) {
      file.truncate(size);
      file.force();
    }
  }

  /// Reads a segment.
  ///
  /// @return where its last whole line ends
  private long read(long first) throws IOException {
    lastSequence = first - 1;
    chain = new byte[LineFormat.CHAIN_BYTES];
    SegmentIndex built = new SegmentIndex(segments.latestTimeBefore(first));
    index = built;
    damaged = false;
    long whole = 0;
    boolean broken = false;
    LastLine last = new LastLine();
    try (LineScanner lines = new LineScanner(segments.path(first, Segments.SEGMENT), 0)) {
      while (lines.next()) {
        byte[] bytes = lines.buffer();
        int from = lines.from();
        int to = lines.to();
        long sequence = LineFormat.sequence(bytes, from, to);
        boolean good =
            LineFormat.crcMatches(bytes, from, to)
                && (broken ? sequence > lastSequence : sequence == lastSequence + 1);
        if (!good) {
          if (!broken) {
            sequenceBeforeBreak = lastSequence;
            endBeforeBreak = whole;
          }
          broken = true;
          continue;
        }
        if (lastSequence == first - 1 && !broken) {
          checkCluster(bytes, from, to);
        }
        damaged |= broken;
        lastSequence = sequence;
        last.set(bytes, from, to);
        durable = Math.max(durable, LineFormat.durable(bytes, from, to));
        built.add(
            sequence,
            LineFormat.timeMicros(bytes, from, to),
            LineFormat.typeSlot(bytes, from, to),
            to - from + 1);
        whole = lines.restOffset();
      }
    }
    last.toChain();
    return whole;
  }

  /// The line that was good last. Only its hash is wanted, and to hash all of them would be most of
  /// the work of a start.
  private final class LastLine {
    private byte[] bytes = new byte[1024];
    private int length;

    void set(byte[] buffer, int from, int to) {
      length = to - from;
      if (length > bytes.length) {
        bytes = new byte[2 * length];
      }
      System.arraycopy(buffer, from, bytes, 0, length);
    }

    /// Makes its hash the chain, where there was one.
    void toChain() {
      if (length > 0) {
        chain = LineFormat.hash(sha256, bytes, 0, length);
      }
    }
  }

  private void checkCluster(byte[] bytes, int from, int to) throws IOException {
    try {
      long identifier = new LineReader().read(bytes, from, to).systemIdentifier();
      if (identifier != config.systemIdentifier()) {
        throw new IOException(
            "event log \""
                + files.directory()
                + "\" belongs to the cluster "
                + Long.toUnsignedString(identifier)
                + ", not to "
                + Long.toUnsignedString(config.systemIdentifier()));
      }
    } catch (EventFormatException e) {
      // Of a version that knows more types. Its number and its hash are all that is needed.
      config.log().accept("event log: " + e.getMessage());
    }
  }

  /// A last segment without a line carries on from the one before it.
  private void lastLineOf(long first) throws IOException {
    try (LineScanner lines = new LineScanner(segments.path(first, Segments.SEGMENT), 0)) {
      LastLine last = new LastLine();
      while (lines.next()) {
        if (LineFormat.crcMatches(lines.buffer(), lines.from(), lines.to())) {
          last.set(lines.buffer(), lines.from(), lines.to());
        }
      }
      last.toChain();
    }
  }

  /// The state after the last event.
  ClusterState state() throws IOException {
    return new JournalReader(segments, () -> lastSequence).stateAt(lastSequence);
  }

  long lastSequence() {
    return lastSequence;
  }

  /// The hash of the last line.
  byte[] chain() {
    return chain;
  }

  /// The segment to go on in, 0 when a new one is to be begun.
  long segment() {
    return continueSegment ? segment : 0;
  }

  /// The index of that segment.
  SegmentIndex index() throws IOException {
    SegmentIndex known = index;
    if (known != null && continueSegment) {
      return known;
    }
    return new SegmentIndex(known == null ? Long.MIN_VALUE : known.latestTime());
  }

  OpenReport report() {
    return new OpenReport(lastSequence, damaged ? 0 : tornBytes, damaged);
  }
}
