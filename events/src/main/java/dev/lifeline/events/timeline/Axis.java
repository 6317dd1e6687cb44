package dev.lifeline.events.timeline;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What the timeline runs along. On each axis an event's coordinate is never less than that of the
/// event before it.
public enum Axis {
  /// Microseconds since 1970. Where the clock stepped back, the latest time so far.
  TIME(0),
  /// Microseconds in which something happened: a pause counts as [#IDLE_MICROS_MAX] at most, and
  /// the reports of a server that does nothing count as nothing.
  ACTIVE(1),
  /// The furthest WAL position that the log has told so far.
  LSN(2),
  /// The event's sequence.
  SEQUENCE(3);

  private final int number;

  Axis(int number) {
    this.number = number;
  }

  /// How much of a pause is kept on [#ACTIVE].
  public static final long IDLE_MICROS_MAX = 200_000;

  /// The axis of this name in lower case; null for any other.
  public static @Nullable Axis byName(String name) {
    for (Axis axis : values()) {
      if (axis.text().equals(name)) {
        return axis;
      }
    }
    return null;
  }

  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  int number() {
    return number;
  }
}
