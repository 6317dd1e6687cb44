package dev.lifeline.utils.adt;

import org.jspecify.annotations.Nullable;

/// An interval: months, days and microseconds, kept apart because a month has no fixed number of
/// days and a day none of hours. Orders, and is equal, as if a month had 30 days and a day 24
/// hours; so `1 mon` equals `30 days`.
public record Interval(long micros, int days, int months) implements Comparable<Interval> {
  public static final Interval ZERO = new Interval(0, 0, 0);

  private static final long MICROS_PER_DAY = 86_400_000_000L;

  /// Whole days of the span, as PostgreSQL compares it; the rest is [#restMicros].
  long spanDays() {
    return Math.floorDiv(micros, MICROS_PER_DAY) + days + 30L * months;
  }

  long restMicros() {
    return Math.floorMod(micros, MICROS_PER_DAY);
  }

  @Override
  public int compareTo(Interval other) {
    int c = Long.compare(spanDays(), other.spanDays());
    return c != 0 ? c : Long.compare(restMicros(), other.restMicros());
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Interval interval && compareTo(interval) == 0;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(spanDays() * 31 + restMicros());
  }
}
