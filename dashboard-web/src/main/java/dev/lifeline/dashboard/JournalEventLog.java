package dev.lifeline.dashboard;

import dev.lifeline.events.journal.Journal;
import dev.lifeline.events.journal.JournalLine;
import dev.lifeline.events.journal.JournalReader;
import dev.lifeline.events.journal.TailListener;
import dev.lifeline.events.state.ClusterState;
import dev.lifeline.events.timeline.TimelineIndex;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Executor;

/// The log that a server in this JVM writes.
public final class JournalEventLog implements EventLog {
  private final Journal journal;
  private final JournalReader reader;
  private final TimelineIndex timeline;
  private final StateCache states;

  public JournalEventLog(Journal journal) {
    this.journal = journal;
    this.reader = journal.reader();
    this.timeline = new TimelineIndex(journal.reader(), journal.directory().resolve("timeline"));
    this.states = new StateCache(journal.reader());
  }

  @Override
  public String systemIdentifier() {
    return Long.toUnsignedString(journal.systemIdentifier());
  }

  @Override
  public long firstSequence() throws IOException {
    return reader.firstSequence();
  }

  @Override
  public long lastSequence() {
    return journal.lastSequence();
  }

  @Override
  public ClusterState state() {
    return journal.state();
  }

  @Override
  public List<JournalLine> read(long fromSequence, int limit) throws IOException {
    return reader.read(fromSequence, limit);
  }

  @Override
  public ClusterState stateAt(long sequence) throws IOException {
    ClusterState newest = journal.state();
    return newest.sequence() == sequence ? newest : states.at(sequence);
  }

  @Override
  public ClusterState stateAt(Instant time) throws IOException {
    return states.at(reader.sequenceAt(time));
  }

  @Override
  public JournalReader reader() {
    return reader;
  }

  @Override
  public TimelineIndex timeline() {
    return timeline;
  }

  @Override
  public AutoCloseable follow(long fromSequence, Executor worker, TailListener listener) {
    return journal.follow(fromSequence, worker, listener);
  }
}
