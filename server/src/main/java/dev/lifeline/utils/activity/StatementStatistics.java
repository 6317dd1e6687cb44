package dev.lifeline.utils.activity;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/// What `pg_stat_statements` tells of the statements of one database: a line for each role and each
/// kind of statement, whatever its literals were.
///
/// Where there are too many kinds, those that were called least are forgotten, a twentieth at a
/// time. Counted by all event loops; not kept over a restart.
public final class StatementStatistics {
  private static final int FORGOTTEN_PER_CENT = 5;

  /// A text that a program has made may be of any length, and all texts are in memory.
  private static final int TEXT_CHARS = 16_384;

  private final Map<Key, Entry> entries = new ConcurrentHashMap<>();
  private final LongAdder deallocations = new LongAdder();
  private volatile long resetMicros;

  private record Key(int userOid, long queryId) {}

  /// The times of a kind of statement, in milliseconds.
  ///
  /// @param text without literals
  /// @param deviation the standard deviation
  public record Line(
      int userOid,
      long queryId,
      String text,
      long calls,
      double total,
      double min,
      double max,
      double mean,
      double deviation,
      long rows) {}

  /// Guarded by its own monitor, which nearly always nobody else holds.
  private static final class Entry {
    private final String text;
    private long calls;
    private double total;
    private double min;
    private double max;
    private double mean;
    private double squares;
    private long rows;

    Entry(String text) {
      this.text = text.length() > TEXT_CHARS ? text.substring(0, TEXT_CHARS) : text;
    }

    /// The variance is summed up by Welford's method, which loses no digits.
    synchronized void add(double millis, long returned) {
      calls++;
      total += millis;
      min = calls == 1 ? millis : Math.min(min, millis);
      max = Math.max(max, millis);
      double before = millis - mean;
      mean += before / calls;
      squares += before * (millis - mean);
      rows += returned;
    }

    synchronized long calls() {
      return calls;
    }

    synchronized Line line(Key key) {
      return new Line(
          key.userOid,
          key.queryId,
          text,
          calls,
          total,
          min,
          max,
          mean,
          Math.sqrt(squares / calls),
          rows);
    }
  }

  /// A statement has completed.
  ///
  /// @param entriesMax how many kinds are kept
  /// @param text asked for where the kind is new
  public void count(
      int userOid, long queryId, double millis, long rows, long entriesMax, Supplier<String> text) {
    Key key = new Key(userOid, queryId);
    Entry entry = entries.get(key);
    if (entry == null) {
      if (entries.size() >= entriesMax) {
        forgetSome();
      }
      entry = entries.computeIfAbsent(key, missing -> new Entry(text.get()));
    }
    entry.add(millis, rows);
  }

  private synchronized void forgetSome() {
    record Called(Key key, long calls) {}

    List<Called> called = new ArrayList<>();
    entries.forEach((key, entry) -> called.add(new Called(key, entry.calls())));
    called.sort(Comparator.comparingLong(Called::calls));
    int count = Math.max(1, called.size() * FORGOTTEN_PER_CENT / 100);
    called.stream().limit(count).forEach(one -> entries.remove(one.key));
    deallocations.increment();
  }

  public List<Line> lines() {
    List<Line> lines = new ArrayList<>();
    entries.forEach((key, entry) -> {
      Line line = entry.line(key);
      if (line.calls() > 0) {
        lines.add(line);
      }
    });
    return lines;
  }

  /// How often the least called were forgotten.
  public long deallocations() {
    return deallocations.sum();
  }

  /// When all of it was last forgotten, in microseconds since the epoch; 0: never.
  public long resetMicros() {
    return resetMicros;
  }

  /// Forgets a role's statements or a kind of statement; 0 means all roles, all kinds.
  public void reset(int userOid, long queryId, long nowMicros) {
    entries
        .keySet()
        .removeIf(key ->
            (userOid == 0 || key.userOid == userOid) && (queryId == 0 || key.queryId == queryId));
    if (userOid == 0 && queryId == 0) {
      deallocations.reset();
      resetMicros = nowMicros;
    }
  }
}
