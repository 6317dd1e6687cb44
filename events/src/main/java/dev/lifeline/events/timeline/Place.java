package dev.lifeline.events.timeline;

/// Where an event stands on each axis.
public record Place(long time, long active, long lsn, long sequence) {
  /// Before the first event.
  public static final Place ORIGIN = new Place(0, 0, 0, 0);

  public long at(Axis axis) {
    return switch (axis) {
      case TIME -> time;
      case ACTIVE -> active;
      case LSN -> lsn;
      case SEQUENCE -> sequence;
    };
  }
}
