package dev.lifeline.dashboard;

import dev.lifeline.events.journal.JournalLine;
import dev.lifeline.events.journal.JournalReader;
import dev.lifeline.events.journal.TailListener;
import dev.lifeline.events.state.ClusterState;
import dev.lifeline.events.timeline.TimelineIndex;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Executor;

/// The event log of one cluster, as the dashboard reads it. Every method but [#follow],
/// [#lastSequence] and [#state] reads files, so none of them is called on an event loop.
public interface EventLog {
  /// Names the cluster: the system identifier, as the events have it.
  String systemIdentifier();

  /// The oldest event that is still kept.
  long firstSequence() throws IOException;

  /// The youngest event.
  long lastSequence();

  /// The state after it.
  ClusterState state();

  List<JournalLine> read(long fromSequence, int limit) throws IOException;

  ClusterState stateAt(long sequence) throws IOException;

  ClusterState stateAt(Instant time) throws IOException;

  /// Looks things up in the log.
  JournalReader reader();

  /// What the timeline is drawn from.
  TimelineIndex timeline();

  /// Follows the log until what is returned is closed.
  AutoCloseable follow(long fromSequence, Executor worker, TailListener listener);
}
