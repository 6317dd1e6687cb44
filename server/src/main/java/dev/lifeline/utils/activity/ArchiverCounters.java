package dev.lifeline.utils.activity;

import org.jspecify.annotations.Nullable;

/// What `pg_stat_archiver` tells. Written by the archiver, read by any; guarded by this object's
/// monitor.
public final class ArchiverCounters {
  private Reading current = Reading.NONE;

  /// The counters at one instant; times are in microseconds since the epoch.
  public record Reading(
      long archived,
      @Nullable String lastArchived,
      long lastArchivedMicros,
      long failed,
      @Nullable String lastFailed,
      long lastFailedMicros) {
    static final Reading NONE = new Reading(0, null, 0, 0, null, 0);
  }

  /// A segment is safe.
  public synchronized void archived(String segment, long nowMicros) {
    Reading r = current;
    current =
        new Reading(r.archived + 1, segment, nowMicros, r.failed, r.lastFailed, r.lastFailedMicros);
  }

  /// The command has failed.
  public synchronized void failed(String segment, long nowMicros) {
    Reading r = current;
    current =
        new Reading(
            r.archived, r.lastArchived, r.lastArchivedMicros, r.failed + 1, segment, nowMicros);
  }

  public synchronized Reading read() {
    return current;
  }

  synchronized void restore(Reading saved) {
    current = saved;
  }
}
