package dev.lifeline.events.timeline;

import java.util.List;
import java.util.Locale;

/// Something that lasts, on a row.
///
/// @param pid whose it is
/// @param from the event that it begins with
/// @param to the event that it ends with; the newest one known while it is open
public record Slice(Kind kind, End end, int row, int pid, Place from, Place to, String label) {

  /// What lasts.
  public enum Kind {
    LIFE(0),
    STATE(1),
    SESSION(2),
    CHECKPOINT(3),
    RECOVERY(4),
    VACUUM(5),
    LOCK(6),
    REPLICATION(7);

    private final int number;

    Kind(int number) {
      this.number = number;
    }

    private static final List<Kind> ALL = List.of(values());

    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }

    int number() {
      return number;
    }

    static Kind of(int number) {
      return ALL.get(number);
    }
  }

  /// How it ended.
  public enum End {
    OPEN(0),
    DONE(1),
    CRASHED(2),
    LOST(3),
    CANCELLED(4);

    private final int number;

    End(int number) {
      this.number = number;
    }

    private static final List<End> ALL = List.of(values());

    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }

    int number() {
      return number;
    }

    static End of(int number) {
      return ALL.get(number);
    }
  }

  boolean overlaps(Axis axis, long start, long stop) {
    return from.at(axis) < stop && (end == End.OPEN || to.at(axis) >= start);
  }
}
