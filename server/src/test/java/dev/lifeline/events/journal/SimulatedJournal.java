package dev.lifeline.events.journal;

import dev.lifeline.events.Emitter;
import dev.lifeline.events.LifecycleEvent;
import dev.lifeline.events.Subject;
import dev.lifeline.events.TraceContext;
import dev.lifeline.events.state.ClusterState;
import java.io.IOException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The journal without its thread: somebody else calls the writer, when it is time.
public final class SimulatedJournal implements Emitter {
  private final JournalConfig config;
  private final Segments segments;
  private final EventQueue queue;
  private final JournalWriter writer;
  private final OpenReport report;
  private final ClusterState stateAtOpen;

  private SimulatedJournal(JournalFiles files, JournalConfig config, LongSupplier nanoTime)
      throws IOException {
    this.config = config;
    segments = new Segments(files.directory());
    Retention retention = new Retention(config, segments, files);
    OpenedLog log = OpenedLog.open(config, files, segments);
    report = log.report();
    queue = new EventQueue(config.queueCapacity(), log.lastSequence() + 1);
    writer =
        new JournalWriter(
            config, files, segments, retention, queue, log, () -> {}, new VirtualPace(nanoTime));
    stateAtOpen = writer.publishedState();
  }

  /// As [Journal#open].
  public static SimulatedJournal open(
      JournalFiles files, JournalConfig config, LongSupplier nanoTime) throws IOException {
    SimulatedJournal journal = new SimulatedJournal(files, config, nanoTime);
    Journal.tellOfRepair(journal.report, journal);
    return journal;
  }

  /// No time passes while the disk is asked again.
  private record VirtualPace(LongSupplier time) implements JournalWriter.Pace {
    @Override
    public long nanoTime() {
      return time.getAsLong();
    }

    @Override
    public void pause(long nanos) {}
  }

  @Override
  public long emit(
      Subject subject, LifecycleEvent event, long cause, @Nullable TraceContext trace) {
    return queue.put(
        new EventQueue.Pending(subject, event, cause, trace, config.clock().instant(), null));
  }

  /// Writes what there is, or syncs it.
  ///
  /// @return for how long there is nothing more to do unless an event comes; negative when the log
  ///   is closed
  public long step() {
    return writer.step();
  }

  /// Writes everything and closes.
  public void close() {
    queue.close();
    while (step() >= 0) {}
    writer.end();
  }

  public OpenReport openReport() {
    return report;
  }

  public ClusterState stateAtOpen() {
    return stateAtOpen;
  }

  /// The last event that readers may see.
  public long published() {
    return writer.published();
  }

  /// The last event that nothing takes back.
  public long durable() {
    return writer.durable();
  }

  /// What a projection reads.
  public JournalCursor durableCursor(long fromSequence) {
    return new JournalReader(segments, writer::durable).cursor(fromSequence);
  }
}
