package dev.lifeline.events.timeline;

import dev.lifeline.events.StatsEvent;
import java.util.List;

/// What the counter lanes draw, as the statistics collector reported it.
///
/// @param values in the order of [#NAMES]
record Counters(Place place, List<Float> values) {
  /// Transactions and bytes of WAL a second, pages to be written, clients.
  static final List<String> NAMES =
      List.of("transactions", "wal_bytes", "buffers_dirty", "connections");

  static Counters of(Place place, StatsEvent.Reported stats) {
    Long dirty = stats.buffersDirty();
    double seconds = Math.max(stats.intervalMs(), 1) / 1000;
    return new Counters(
        place,
        List.of(
            (float) ((stats.xactCommit() + stats.xactRollback()) / seconds),
            (float) (stats.walBytes() / seconds),
            dirty == null ? Float.NaN : dirty,
            (float) stats.numbackends()));
  }
}
