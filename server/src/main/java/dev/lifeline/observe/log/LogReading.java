package dev.lifeline.observe.log;

import dev.lifeline.events.Origin;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Where an observer is in a server's log, file after file.
///
/// Whoever drives it asks the server for bytes of [#file] from [#readFrom] on, hands them in with
/// [#chunk], and takes records out with [#next]. At the end of a file it hands in what the folder
/// lists, and is told by [#listed] what has become of the file:
/// - a rotation: another file was begun after this one, which is at its end. The listing is taken
///   first and the end looked for after it, so nothing that was written in between is missed;
/// - a truncation, or a new file under the old name (`log_truncate_on_rotation`): the file is
///   shorter than what was read, or begins otherwise;
/// - a removal: the file is gone.
public final class LogReading {
  /// How much of a file's beginning identifies it.
  public static final int HEAD_BYTES = 96;

  /// A record, or bytes that should have been one.
  ///
  /// @param record null when the bytes could not be read
  /// @param text the bytes, when they could not
  /// @param from where it begins in the file
  /// @param to where the next one begins
  public record Item(
      @Nullable LogRecord record, @Nullable String text, String file, long from, long to) {

    /// What the id of its event ends in.
    public String id() {
      return record == null ? file + "@" + from : record.id();
    }
  }

  /// What has become of the file.
  public enum Step {
    /// It goes on, or may yet.
    SAME,
    /// There is a later one, and this one is to be read to its end before [#rotate].
    ROTATED,
    /// What was not read of it before is lost; reading begins anew.
    TRUNCATED,
    /// The file is gone, with what was not read of it; reading goes on in another one.
    REMOVED
  }

  private final LogFormat.Parser parser;
  private String file;
  private long bufferOffset;
  private byte[] buffer = new byte[0];
  private int from;
  private byte[] head = new byte[0];
  private Set<String> known = new HashSet<>();
  private @Nullable String successor;

  /// Reads on from a place.
  public LogReading(LogFormat.Parser parser, String file, long offset) {
    this.parser = parser;
    this.file = file;
    bufferOffset = offset;
  }

  /// The place that an event of the journal tells.
  public static LogReading after(LogFormat.Parser parser, Origin origin) {
    return new LogReading(parser, origin.logFile(), origin.logOffset());
  }

  public String file() {
    return file;
  }

  /// The first byte that was not asked for yet.
  public long readFrom() {
    return bufferOffset + buffer.length;
  }

  /// Where the next record begins.
  public long offset() {
    return bufferOffset + from;
  }

  /// Takes bytes from [#readFrom] on.
  public void chunk(byte[] bytes) {
    if (from == buffer.length) {
      bufferOffset += from;
      buffer = bytes;
    } else {
      byte[] joined = Arrays.copyOfRange(buffer, from, buffer.length + bytes.length);
      System.arraycopy(bytes, 0, joined, buffer.length - from, bytes.length);
      bufferOffset += from;
      buffer = joined;
    }
    from = 0;
  }

  /// The next record, or null when its end was not read yet.
  public @Nullable Item next() {
    int end = parser.end(buffer, from, buffer.length);
    return end < 0 ? null : item(end);
  }

  private Item item(int end) {
    int begin = from;
    from = end;
    long at = bufferOffset + begin;
    try {
      LogRecord record = parser.parse(buffer, begin, end);
      return new Item(record, null, file, at, bufferOffset + end);
    } catch (IllegalArgumentException e) {
      String text = new String(buffer, begin, end - begin, StandardCharsets.UTF_8);
      return new Item(null, text, file, at, bufferOffset + end);
    }
  }

  /// Says what has become of the file.
  ///
  /// @param files the folder's files of this format
  /// @param fileHead the file's first [#HEAD_BYTES] bytes, fewer when it has fewer
  public Step listed(List<LogFile> files, byte[] fileHead) {
    LogFile mine = null;
    for (LogFile candidate : files) {
      if (candidate.name().equals(file)) {
        mine = candidate;
      }
    }
    Set<String> before = known;
    known = new HashSet<>();
    files.forEach(one -> known.add(one.name()));
    if (mine == null) {
      return removed(files);
    }
    if (mine.size() < readFrom() || !begins(fileHead)) {
      restart(file);
      return Step.TRUNCATED;
    }
    if (fileHead.length > head.length) {
      head = fileHead.clone();
    }
    LogFile current = mine;
    successor =
        files.stream()
            .filter(one -> isAfter(one, current, before))
            .min(LogFile.IN_TIME)
            .map(LogFile::name)
            .orElse(null);
    return successor == null ? Step.SAME : Step.ROTATED;
  }

  private boolean begins(byte[] fileHead) {
    int length = Math.min(head.length, fileHead.length);
    return Arrays.equals(head, 0, length, fileHead, 0, length);
  }

  /// Within a second the listing has no order: then it is the later name, or the one that was not
  /// there before.
  private static boolean isAfter(LogFile one, LogFile current, Set<String> before) {
    if (one.name().equals(current.name())) {
      return false;
    }
    if (one.modified() != current.modified()) {
      return one.modified() > current.modified();
    }
    return one.name().compareTo(current.name()) > 0
        || (!before.isEmpty() && !before.contains(one.name()));
  }

  private Step removed(List<LogFile> files) {
    String gone = file;
    files.stream()
        .filter(one -> one.name().compareTo(gone) > 0)
        .min(LogFile.IN_TIME)
        .or(() -> files.stream().max(LogFile.IN_TIME))
        .ifPresent(one -> restart(one.name()));
    return file.equals(gone) ? Step.SAME : Step.REMOVED;
  }

  /// Goes on in the file after this one.
  ///
  /// @return what the old file ended in, when that was not a whole record
  public @Nullable Item rotate() {
    String next = successor;
    if (next == null) {
      throw new IllegalStateException("no file follows " + file);
    }
    Item half = from < buffer.length ? item(buffer.length) : null;
    restart(next);
    return half;
  }

  private void restart(String name) {
    file = name;
    bufferOffset = 0;
    buffer = new byte[0];
    from = 0;
    head = new byte[0];
    successor = null;
  }
}
