package dev.lifeline.dashboard;

import dev.lifeline.events.journal.JournalReader;
import dev.lifeline.events.state.ClusterState;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/// States along the log that were asked for, so that who scrubs back and forth does not have the
/// log folded from its last snapshot each time.
final class StateCache {
  /// Events between two states that are kept.
  private static final int STRIDE = 2000;

  private static final int STATES_MAX = 512;

  private final JournalReader log;
  private final TreeMap<Long, ClusterState> states = new TreeMap<>();

  StateCache(JournalReader log) {
    this.log = log;
  }

  /// The state after an event.
  synchronized ClusterState at(long sequence) throws IOException {
    Map.Entry<Long, ClusterState> near = states.floorEntry(sequence);
    ClusterState state =
        near != null && sequence - near.getKey() <= STRIDE
            ? near.getValue()
            : nearest(sequence, near == null ? ClusterState.EMPTY : near.getValue());
    while (state.sequence() < sequence) {
      long next = Math.min(sequence, (state.sequence() / STRIDE + 1) * STRIDE);
      ClusterState after = log.fold(state, next);
      if (after.sequence() <= state.sequence()) {
        break; // the log ends here
      }
      state = after;
      if (state.sequence() % STRIDE == 0) {
        keep(state);
      }
    }
    return state;
  }

  /// What is on disk, unless what is known lies nearer.
  private ClusterState nearest(long sequence, ClusterState known) throws IOException {
    ClusterState stored = log.snapshotBefore(sequence);
    return stored.sequence() > known.sequence() ? stored : known;
  }

  private void keep(ClusterState state) {
    if (states.size() >= STATES_MAX) {
      // The end that is further from what is looked at now.
      long at = state.sequence();
      boolean old = at - states.firstKey() > states.lastKey() - at;
      states.remove(old ? states.firstKey() : states.lastKey());
    }
    states.put(state.sequence(), state);
  }
}
