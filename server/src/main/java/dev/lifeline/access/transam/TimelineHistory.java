package dev.lifeline.access.transam;

import dev.lifeline.events.Lsn;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Which timelines lead to one, and where each went over into the next. A point of the WAL belongs
/// to the timeline that it was written on; the same position may exist on several.
///
/// Kept in `pg_wal/<timeline>.history`, PostgreSQL's format: a line for each parent, oldest first,
/// with its number, where it was left, and why.
///
/// @param entries oldest first; the last is the timeline itself and has no end
record TimelineHistory(List<Entry> entries) {
  private static final Pattern LINE =
      Pattern.compile("\\s*(\\d+)\\s+([0-9A-Fa-f]{1,8}/[0-9A-Fa-f]{1,8})(?:\\s.*)?");
  private static final Pattern NUMBER = Pattern.compile("\\s*\\d+.*");
  private static final Pattern FILE = Pattern.compile("[0-9A-F]{8}\\.history");

  /// @param begin where it branched off from the one before
  /// @param end where the next one branched off
  record Entry(int timeline, long begin, long end) {}

  TimelineHistory {
    entries = List.copyOf(entries);
  }

  /// A timeline without ancestors.
  static TimelineHistory of(int timeline) {
    return new TimelineHistory(List.of(new Entry(timeline, 0, Long.MAX_VALUE)));
  }

  static String fileName(int timeline) {
    return String.format(Locale.ROOT, "%08X.history", timeline);
  }

  static boolean isFileName(String name) {
    return FILE.matcher(name).matches();
  }

  /// Reads a history file.
  ///
  /// @param timeline whose it is
  static TimelineHistory parse(String text, int timeline) {
    List<Entry> entries = new ArrayList<>();
    int last = 0;
    long begin = 0;
    for (String line : text.split("\n", -1)) {
      if (line.isBlank() || line.stripLeading().startsWith("#")) {
        continue;
      }
      Matcher fields = LINE.matcher(line);
      if (!fields.matches()) {
        throw syntax(line)
            .hint(
                NUMBER.matcher(line).matches()
                    ? "Expected a write-ahead log switchpoint location."
                    : "Expected a numeric timeline ID.");
      }
      int parent = Integer.parseUnsignedInt(fields.group(1));
      if (parent <= last) {
        throw fatal("invalid data in history file: %s", line)
            .hint("Timeline IDs must be in increasing sequence.");
      }
      long end = Lsn.parse(fields.group(2));
      entries.add(new Entry(parent, begin, end));
      last = parent;
      begin = end;
    }
    if (last >= timeline) {
      throw fatal("invalid data in history file \"%s\"", fileName(timeline))
          .hint("Timeline IDs must be less than child timeline's ID.");
    }
    entries.add(new Entry(timeline, begin, Long.MAX_VALUE));
    return new TimelineHistory(entries);
  }

  private static PgException syntax(String line) {
    return fatal("syntax error in history file: %s", line);
  }

  private static PgException fatal(String format, String argument) {
    return PgException.fatal(SqlState.CONFIG_FILE_ERROR, format, argument);
  }

  /// The line that a child's history file has of its parent.
  static String line(int parent, long switchPoint, String reason) {
    return String.format(Locale.ROOT, "%d\t%s\t%s\n", parent, Lsn.format(switchPoint), reason);
  }

  int timeline() {
    return entries.getLast().timeline();
  }

  boolean contains(int timeline) {
    return entries.stream().anyMatch(entry -> entry.timeline() == timeline);
  }

  /// The timeline that the bytes at a position belong to.
  int timelineAt(long lsn) {
    for (Entry entry : entries.reversed()) {
      if (lsn >= entry.begin()) {
        return entry.timeline();
      }
    }
    return entries.getFirst().timeline();
  }

  /// The timeline of a record that ends here: a switch happens behind the last record of the old
  /// one.
  int timelineEndingAt(long endLsn) {
    for (Entry entry : entries) {
      if (endLsn <= entry.end()) {
        return entry.timeline();
      }
    }
    return timeline();
  }

  /// Where a timeline was left for the next one; `Long.MAX_VALUE` of the timeline itself.
  long switchPoint(int timeline) {
    for (Entry entry : entries) {
      if (entry.timeline() == timeline) {
        return entry.end();
      }
    }
    throw PgException.error(
        SqlState.INTERNAL_ERROR, "requested timeline %d is not in this server's history", timeline);
  }

  /// The timelines whose segment with this beginning may be needed, newest first.
  List<Integer> candidates(long segmentStart, int segmentSize) {
    List<Integer> timelines = new ArrayList<>();
    for (Entry entry : entries.reversed()) {
      if (segmentStart + segmentSize > entry.begin()) {
        timelines.add(entry.timeline());
      }
    }
    return timelines;
  }
}
