package dev.lifeline.events.journal;

import dev.lifeline.events.CheckpointEvent;
import dev.lifeline.events.Envelope;
import dev.lifeline.events.LifecycleEvent;
import dev.lifeline.events.ObserverEvent;
import dev.lifeline.events.PostmasterEvent;
import dev.lifeline.events.ProcessEvent;
import dev.lifeline.events.RecoveryEvent;
import dev.lifeline.events.codec.EventType;
import dev.lifeline.events.codec.JsonWriter;
import dev.lifeline.events.codec.LineWriter;
import dev.lifeline.events.codec.TimeText;
import dev.lifeline.events.state.ClusterState;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// The one thread that writes the log.
///
/// It takes what is in the queue, appends it in one write, and publishes it. What was written since
/// the last fsync is kept in memory: when a write or an fsync fails, the same bytes go to the same
/// place again, for as long as it takes. Meanwhile the queue fills up, and what no longer fits is
/// dropped and counted by [EventQueue]; nothing that has a sequence is ever given up while the
/// process lives.
final class JournalWriter implements Runnable {
  private static final int BATCH_BYTES_MAX = 1 << 20;
  private static final int UNSYNCED_BYTES_MAX = 8 << 20;

  /// How long events gather before they are written: a write, and waking all who follow the log,
  /// costs as much as the text of some twenty events.
  private static final long GATHER_NANOS = TimeUnit.MILLISECONDS.toNanos(25);

  private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final int RETRIES_AT_CLOSE = 20;
  private static final long OVER = -1;

  /// The time that the writer goes by. A seam, so that a simulator can run it.
  interface Pace {
    long nanoTime();

    /// Waits before the disk is asked again.
    void pause(long nanos);

    Pace REAL =
        new Pace() {
          @Override
          public long nanoTime() {
            return System.nanoTime();
          }

          @Override
          public void pause(long nanos) {
            LockSupport.parkNanos(this, nanos);
          }
        };
  }

  private final JournalConfig config;
  private final JournalFiles files;
  private final Segments segments;
  private final Retention retention;
  private final EventQueue queue;
  private final Runnable progressed;
  private final Pace pace;
  private final LineWriter lines;

  /// Everything since the last fsync; the first byte belongs at `unsyncedOffset`.
  private final JsonWriter unsynced = new JsonWriter();

  private long unsyncedOffset;
  private int writtenBytes;
  private long nextSyncNanos;
  private JournalFiles.SegmentFile file;
  private long segment;
  private SegmentIndex index;
  private ClusterState state;
  private long snapshotOffset;
  private int retries;
  private @Nullable String failure;

  private volatile ClusterState publishedState;
  private volatile long durable;

  /// The durable sequence that a line told last.
  private long marked;

  private final AtomicLong syncs = new AtomicLong();
  private volatile boolean syncRequested;
  private volatile @Nullable String dropReason;

  JournalWriter(
      JournalConfig config,
      JournalFiles files,
      Segments segments,
      Retention retention,
      EventQueue queue,
      OpenedLog log,
      Runnable progressed,
      Pace pace)
      throws IOException {
    this.config = config;
    this.files = files;
    this.segments = segments;
    this.retention = retention;
    this.queue = queue;
    this.progressed = progressed;
    this.pace = pace;
    lines = new LineWriter(config.systemIdentifier(), log.chain());
    index = log.index();
    segment = log.segment() != 0 ? log.segment() : log.lastSequence() + 1;
    if (log.segment() != 0) {
      segments.put(segment, index); // spares the fold a scan
    }
    state = log.state();
    publishedState = state;
    durable = log.lastSequence();
    file = files.open(Segments.name(segment, Segments.SEGMENT));
    if (log.segment() == 0) {
      file.truncate(0);
    }
    unsyncedOffset = file.size();
    file.force();
    files.syncDirectory();
    segments.put(segment, index);
  }

  /// The last sequence that readers may see.
  long published() {
    return publishedState.sequence();
  }

  ClusterState publishedState() {
    return publishedState;
  }

  /// The last sequence that no crash of the machine can take back.
  long durable() {
    return durable;
  }

  long syncs() {
    return syncs.get();
  }

  /// Asks for an fsync without waiting for its time.
  void requestSync() {
    syncRequested = true;
  }

  @Override
  public void run() {
    try {
      long wait = step();
      while (wait != OVER) {
        if (wait > 0) {
          queue.await(wait);
          queue.gather(gatherNanos(), () -> syncRequested);
        }
        wait = step();
      }
    } catch (RuntimeException | Error e) {
      // A defect. From here on emitting drops and counts; the server itself goes on.
      queue.close();
      config.log().accept("the event log is not written any more: " + e);
      throw e;
    }
    end();
  }

  /// No longer than until the next fsync is due.
  private long gatherNanos() {
    return writtenBytes == 0
        ? GATHER_NANOS
        : Math.min(GATHER_NANOS, nextSyncNanos - pace.nanoTime());
  }

  /// Writes or syncs what there is.
  ///
  /// @return for how long there is nothing more to do unless an event comes; negative when the log
  ///   is closed
  long step() {
    if (encodeBatch()) {
      return finishBatch() ? 0 : OVER;
    }
    if (writtenBytes > 0) {
      long wait = nextSyncNanos - pace.nanoTime();
      if (wait > 0 && !syncRequested && !queue.isClosed()) {
        return wait;
      }
      return sync() ? 0 : OVER;
    }
    if (queue.isClosed() && queue.isDrained()) {
      return OVER;
    }
    syncRequested = false;
    return Long.MAX_VALUE;
  }

  /// Takes events from the queue up to a size, or up to one that must be durable before it is seen.
  ///
  /// @return whether there were any
  private boolean encodeBatch() {
    int start = unsynced.length();
    EventQueue.Pending pending = queue.peek();
    while (pending != null) {
      boolean last = mustBeDurable(pending.event);
      append(pending);
      queue.take();
      if (last) {
        syncRequested = true;
        break;
      }
      if (unsynced.length() - start > BATCH_BYTES_MAX) {
        break;
      }
      pending = queue.peek();
    }
    return unsynced.length() > start;
  }

  /// The first line after a sync, and the first of a segment, tells how far the log was durable
  /// then: so the next start knows what a loss of power may have torn, and what it may not.
  private void append(EventQueue.Pending pending) {
    int start = unsynced.length();
    Envelope envelope = envelope(pending, pending.event);
    long mark = durable > marked || index.lastSequence() == 0 ? durable : 0;
    try {
      lines.append(unsynced, envelope, mark);
    } catch (RuntimeException e) {
      // An event that does not keep its own contract has no text; that it was there still counts.
      unsynced.truncate(start);
      String reason = pending.event.getClass().getName() + " could not be written: " + e;
      envelope = envelope(pending, new ObserverEvent.GapDetected("journal", 1L, 0, reason));
      lines.append(unsynced, envelope, mark);
    }
    marked = Math.max(marked, mark);
    index.add(
        envelope.sequence(),
        TimeText.toMicros(envelope.time()),
        EventType.of(envelope.event()).slot(),
        unsynced.length() - start);
    state = state.apply(envelope);
  }

  private Envelope envelope(EventQueue.Pending pending, LifecycleEvent event) {
    String reason = pending.dropped == 0 ? null : dropReason;
    if (pending.dropped != 0) {
      reason = reason == null ? "the queue of the event log was full" : reason;
      dropReason = null;
    }
    return new Envelope(
        config.systemIdentifier(),
        pending.sequence,
        pending.time,
        pending.subject,
        pending.cause,
        pending.trace,
        event,
        pending.dropped,
        reason,
        pending.origin);
  }

  private static boolean mustBeDurable(LifecycleEvent event) {
    return event instanceof PostmasterEvent
        || event instanceof RecoveryEvent
        || event instanceof ProcessEvent.Crashed
        || event instanceof CheckpointEvent.Completed;
  }

  /// Writes and publishes what was encoded; fsyncs when it is time.
  private boolean finishBatch() {
    if (writtenBytes == 0) {
      nextSyncNanos = pace.nanoTime() + TimeUnit.MILLISECONDS.toNanos(config.syncIntervalMsMax());
    }
    if (!write()) {
      return false;
    }
    boolean late = nextSyncNanos - pace.nanoTime() <= 0;
    boolean much = unsynced.length() > UNSYNCED_BYTES_MAX;
    if (!(syncRequested || late || much)) {
      publish();
    } else if (!sync()) {
      return false;
    }
    if (unsyncedOffset + unsynced.length() >= config.segmentBytes()) {
      roll();
    } else if (unsyncedOffset + writtenBytes - snapshotOffset >= config.snapshotBytes()) {
      snapshotOffset = unsyncedOffset + writtenBytes;
      if (!sync()) {
        return false;
      }
      snapshot();
    }
    return true;
  }

  private void publish() {
    publishedState = state;
    progressed.run();
  }

  /// Writes what is not written yet.
  ///
  /// @return false only when the journal is being closed and the disk will not take it
  private boolean write() {
    while (writtenBytes < unsynced.length()) {
      try {
        file.write(
            ByteBuffer.wrap(unsynced.array(), writtenBytes, unsynced.length() - writtenBytes),
            unsyncedOffset + writtenBytes);
        writtenBytes = unsynced.length();
        succeeded();
      } catch (IOException e) {
        if (!failed(e)) {
          return false;
        }
      }
    }
    return true;
  }

  /// Makes durable what is written. After a failed fsync nobody knows what is on disk, so all bytes
  /// since the last good one are written again before the next.
  private boolean sync() {
    while (true) {
      if (!write()) {
        return false;
      }
      try {
        file.force();
        succeeded();
        break;
      } catch (IOException e) {
        writtenBytes = 0;
        if (!failed(e)) {
          return false;
        }
      }
    }
    unsyncedOffset += unsynced.length();
    unsynced.truncate(0);
    writtenBytes = 0;
    syncRequested = false;
    syncs.incrementAndGet();
    // First, so that nobody is told of a durable event that is not to be read.
    publishedState = state;
    durable = state.sequence();
    progressed.run();
    return true;
  }

  private boolean failed(IOException e) {
    String message = e.getMessage() == null ? e.toString() : e.getMessage();
    dropReason = message;
    if (!message.equals(failure)) {
      failure = message;
      config.log().accept("could not write event log: " + message + "; trying again");
    }
    if (queue.isClosed() && ++retries > RETRIES_AT_CLOSE) {
      return false;
    }
    pace.pause(RETRY_NANOS);
    return true;
  }

  private void succeeded() {
    retries = 0;
    if (failure != null) {
      failure = null;
      config.log().accept("event log is written again");
    }
  }

  /// Goes on in a new segment. Where that cannot be created, the old one just grows further.
  private void roll() {
    if (!sync()) {
      return;
    }
    long next = state.sequence() + 1;
    JournalFiles.SegmentFile nextFile = begin(Segments.name(next, Segments.SEGMENT));
    if (nextFile == null) {
      return;
    }
    try {
      file.close();
      files.replace(Segments.name(segment, Segments.INDEX), index.toBytes());
    } catch (IOException e) {
      config.log().accept("could not finish a segment of the event log: " + e.getMessage());
    }
    file = nextFile;
    segment = next;
    index = new SegmentIndex(index.latestTime());
    segments.put(segment, index);
    unsyncedOffset = 0;
    snapshotOffset = 0;
    snapshot();
    try {
      retention.apply();
    } catch (IOException e) {
      config.log().accept("could not remove old segments of the event log: " + e.getMessage());
    }
  }

  /// Creates the next segment's file, or leaves nothing behind.
  private JournalFiles.@Nullable SegmentFile begin(String name) {
    try {
      JournalFiles.SegmentFile created = files.open(name);
      try {
        created.truncate(0);
        files.syncDirectory();
        return created;
      } catch (IOException e) {
        created.close();
        files.delete(name);
        throw e;
      }
    } catch (IOException e) {
      config.log().accept("could not begin a segment of the event log: " + e.getMessage());
      return null;
    }
  }

  private void snapshot() {
    try {
      Snapshots.write(files, state);
    } catch (IOException e) {
      config.log().accept("could not write a snapshot of the event log: " + e.getMessage());
    }
  }

  /// Writes the last state, where nothing is missing, and closes.
  void end() {
    if (queue.isDrained() && unsynced.length() == 0) {
      snapshot();
    } else {
      config
          .log()
          .accept(
              "event log closed without "
                  + (queue.lastSequence() - durable)
                  + " events that could not be written");
    }
    try {
      file.close();
    } catch (IOException e) {
      config.log().accept("could not close the event log: " + e.getMessage());
    }
  }
}
