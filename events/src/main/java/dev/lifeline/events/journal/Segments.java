package dev.lifeline.events.journal;

import dev.lifeline.events.codec.LineFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/// The files of a journal directory: which segments and snapshots there are, and the segments'
/// indexes. Any thread may ask.
final class Segments {
  static final String SEGMENT = ".ndjson";
  static final String INDEX = ".index";
  static final String SNAPSHOT = ".state.json";

  private static final int DIGITS = 20;

  private final Path directory;
  private final Map<Long, SegmentIndex> indexes = new ConcurrentHashMap<>();

  Segments(Path directory) {
    this.directory = directory;
  }

  Path directory() {
    return directory;
  }

  /// The name of the segment or snapshot with this number: padded, so that `ls` sorts them.
  static String name(long sequence, String suffix) {
    String digits = Long.toString(sequence);
    return "0".repeat(DIGITS - digits.length()) + digits + suffix;
  }

  Path path(long sequence, String suffix) {
    return directory.resolve(name(sequence, suffix));
  }

  /// The numbers of all files with this suffix: of a segment, its first sequence; of a snapshot,
  /// the last sequence that is in it.
  NavigableSet<Long> list(String suffix) throws IOException {
    TreeSet<Long> numbers = new TreeSet<>();
    try (Stream<Path> files = Files.list(directory)) {
      files.map(file -> file.getFileName().toString()).forEach(name -> add(numbers, name, suffix));
    } catch (NoSuchFileException e) {
      return numbers; // nothing was ever written
    }
    return numbers;
  }

  private static void add(NavigableSet<Long> numbers, String name, String suffix) {
    if (name.length() != DIGITS + suffix.length() || !name.endsWith(suffix)) {
      return;
    }
    for (int i = 0; i < DIGITS; i++) {
      if (name.charAt(i) < '0' || name.charAt(i) > '9') {
        return;
      }
    }
    try {
      numbers.add(Long.parseLong(name, 0, DIGITS, 10));
    } catch (NumberFormatException e) {
      // More than a long holds: not a file of ours.
    }
  }

  /// The index of a segment: known, or read from its file, or built from the lines.
  SegmentIndex index(long firstSequence) throws IOException {
    SegmentIndex known = indexes.get(firstSequence);
    if (known != null) {
      return known;
    }
    Path segment = path(firstSequence, SEGMENT);
    SegmentIndex index = null;
    Path file = path(firstSequence, INDEX);
    if (Files.exists(file)) {
      index = SegmentIndex.of(ByteBuffer.wrap(Files.readAllBytes(file)), Files.size(segment));
    }
    if (index == null) {
      index = build(firstSequence, segment);
    }
    // A segment without a successor may still grow, so what is known of it is not kept.
    if (list(SEGMENT).higher(firstSequence) != null) {
      indexes.put(firstSequence, index);
    }
    return index;
  }

  /// Makes known the index of a segment that is being written.
  void put(long firstSequence, SegmentIndex index) {
    indexes.put(firstSequence, index);
  }

  void forget(long firstSequence) {
    indexes.remove(firstSequence);
  }

  /// The latest time in all segments before this one.
  long latestTimeBefore(long firstSequence) throws IOException {
    Long before = list(SEGMENT).lower(firstSequence);
    return before == null ? Long.MIN_VALUE : index(before).latestTime();
  }

  private SegmentIndex build(long firstSequence, Path segment) throws IOException {
    SegmentIndex index = new SegmentIndex(latestTimeBefore(firstSequence));
    try (LineScanner lines = new LineScanner(segment, 0)) {
      while (lines.next()) {
        long sequence = LineFormat.sequence(lines.buffer(), lines.from(), lines.to());
        long time = LineFormat.timeMicros(lines.buffer(), lines.from(), lines.to());
        int length = lines.to() - lines.from() + 1;
        if (sequence < 0 || time == Long.MIN_VALUE) {
          index.skip(length);
        } else {
          int type = LineFormat.typeSlot(lines.buffer(), lines.from(), lines.to());
          index.add(sequence, time, type, length);
        }
      }
    }
    return index;
  }
}
