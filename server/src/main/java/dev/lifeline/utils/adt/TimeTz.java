package dev.lifeline.utils.adt;

/// A time with time zone.
///
/// @param micros local time of day in microseconds
/// @param zone seconds west of Greenwich, PostgreSQL's sign
public record TimeTz(long micros, int zone) implements Comparable<TimeTz> {
  /// Orders by the instant, then by the zone, so that only equal values compare as equal.
  @Override
  public int compareTo(TimeTz other) {
    int c = Long.compare(micros + zone * 1_000_000L, other.micros + other.zone * 1_000_000L);
    return c != 0 ? c : Integer.compare(zone, other.zone);
  }
}
