package dev.lifeline.events.journal;

import dev.lifeline.events.Emitter;
import dev.lifeline.events.LifecycleEvent;
import dev.lifeline.events.ObserverEvent;
import dev.lifeline.events.Origin;
import dev.lifeline.events.Subject;
import dev.lifeline.events.TraceContext;
import dev.lifeline.events.state.ClusterState;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// The event log of a running server.
///
/// [#emit] may be called from any thread and never blocks. An event is published to readers within
/// moments: `postmaster.*`, `recovery.*`, `process.crashed` and `checkpoint.completed` after they
/// are on disk, all others before, and on disk within [JournalConfig#syncIntervalMsMax].
public final class Journal implements Emitter, AutoCloseable {
  /// The directory within the data directory.
  public static final String DIRECTORY = "pg_events";

  private record Waiter(long sequence, CompletableFuture<Void> future) {}

  private final JournalConfig config;
  private final EventQueue queue;
  private final JournalWriter writer;
  private final Segments segments;
  private final Retention retention;
  private final OpenReport report;
  private final ClusterState stateAtOpen;
  private final Thread thread;
  private final List<Tail> tails = new CopyOnWriteArrayList<>();
  private final List<Tail> durableTails = new CopyOnWriteArrayList<>();
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final Queue<Waiter> waiters = new ConcurrentLinkedQueue<>();

  /// What those who go by [#durableSequence] were woken for last. The writer's.
  private long durableTold;

  private Journal(JournalConfig config, JournalFiles files) throws IOException {
    this.config = config;
    segments = new Segments(files.directory());
    retention = new Retention(config, segments, files);
    OpenedLog log = OpenedLog.open(config, files, segments);
    report = log.report();
    queue = new EventQueue(config.queueCapacity(), log.lastSequence() + 1);
    writer =
        new JournalWriter(
            config,
            files,
            segments,
            retention,
            queue,
            log,
            this::progressed,
            JournalWriter.Pace.REAL);
    stateAtOpen = writer.publishedState();
    durableTold = writer.durable();
    thread = Thread.ofPlatform().name("event log").daemon().unstarted(writer);
  }

  /// Opens the log in `<data directory>/pg_events`, repairs a torn end, and starts to write.
  ///
  /// @throws IOException when the directory cannot be used, or holds another cluster's log
  public static Journal open(Path dataDirectory, JournalConfig config) throws IOException {
    return open(JournalFiles.local(dataDirectory.resolve(DIRECTORY)), config);
  }

  /// The same, on files of the caller's.
  public static Journal open(JournalFiles files, JournalConfig config) throws IOException {
    Journal journal = new Journal(config, files);
    journal.retention.apply();
    journal.thread.start();
    tellOfRepair(journal.report, journal);
    return journal;
  }

  /// What the start has repaired, or could not, is on the log itself.
  static void tellOfRepair(OpenReport report, Emitter emitter) {
    if (report.damaged()) {
      emitter.emit(
          Subject.JOURNAL,
          new ObserverEvent.GapDetected(
              "journal", null, 0, "damage within the last segment; verify tells where"));
    } else if (report.tornBytes() > 0) {
      emitter.emit(
          Subject.JOURNAL,
          new ObserverEvent.GapDetected(
              "journal", null, report.tornBytes(), "a half-written tail was cut off"));
    }
  }

  @Override
  public long emit(
      Subject subject, LifecycleEvent event, long cause, @Nullable TraceContext trace) {
    return queue.put(
        new EventQueue.Pending(subject, event, cause, trace, config.clock().instant(), null));
  }

  /// Puts an event of an observed server on the log.
  ///
  /// @param time when it happened, by the server's clock
  /// @return its sequence; 0 when it was dropped, which an observer avoids by not reading on while
  ///   [#queued] is high
  public long emit(
      Subject subject,
      LifecycleEvent event,
      long cause,
      @Nullable TraceContext trace,
      Instant time,
      Origin origin) {
    return queue.put(new EventQueue.Pending(subject, event, cause, trace, time, origin));
  }

  public long systemIdentifier() {
    return config.systemIdentifier();
  }

  /// What the start found.
  public OpenReport openReport() {
    return report;
  }

  /// The state that the runs before left behind: whoever is in its process tree was alive when the
  /// cluster was killed.
  public ClusterState stateAtOpen() {
    return stateAtOpen;
  }

  /// The state after [#lastSequence].
  public ClusterState state() {
    return writer.publishedState();
  }

  /// The last event that readers see.
  public long lastSequence() {
    return writer.published();
  }

  /// The last event that no crash of the machine can take back.
  public long durableSequence() {
    return writer.durable();
  }

  /// How many events were dropped since the log was opened.
  public long dropped() {
    return queue.dropped();
  }

  /// How many events wait to be written.
  public int queued() {
    return queue.size();
  }

  /// How often the log was fsynced since it was opened.
  public long syncs() {
    return writer.syncs();
  }

  public Path directory() {
    return segments.directory();
  }

  /// Looks things up in the log, up to what is published.
  public JournalReader reader() {
    return new JournalReader(segments, writer::published);
  }

  /// The same, up to what is durable: for projections that must never be ahead of the log.
  public JournalReader durableReader() {
    return new JournalReader(segments, writer::durable);
  }

  /// Keeps retention from what a projection has yet to read, from a sequence on.
  public ReadHold hold(String name, long nextSequence) {
    return retention.hold(name, nextSequence);
  }

  /// Follows the log from a sequence on, for as long as it grows.
  ///
  /// @param worker runs the reading and the listener; must take a task without blocking, and must
  ///   not be an event loop
  public Tail follow(long fromSequence, Executor worker, TailListener listener) {
    return follow(tails, reader(), fromSequence, worker, listener);
  }

  /// The same, up to what is durable.
  public Tail followDurable(long fromSequence, Executor worker, TailListener listener) {
    return follow(durableTails, durableReader(), fromSequence, worker, listener);
  }

  private static Tail follow(
      List<Tail> list,
      JournalReader reader,
      long fromSequence,
      Executor worker,
      TailListener listener) {
    TailHolder holder = new TailHolder();
    Tail tail =
        new Tail(reader.cursor(fromSequence), worker, listener, () -> list.remove(holder.tail));
    holder.tail = tail;
    list.add(tail);
    tail.wake();
    return tail;
  }

  /// Lets a tail take itself off the list.
  private static final class TailHolder {
    @Nullable Tail tail;
  }

  /// Has somebody called whenever [#durableSequence] has moved. It runs on the writer's thread, so
  /// it must do no more than wake up a thread of its own.
  public void addListener(Runnable listener) {
    listeners.add(listener);
  }

  public void removeListener(Runnable listener) {
    listeners.remove(listener);
  }

  /// Completes, on the writer's thread, when everything that was emitted before is on disk.
  public CompletableFuture<Void> flush() {
    Waiter waiter = new Waiter(queue.lastSequence(), new CompletableFuture<>());
    if (writer.durable() >= waiter.sequence) {
      waiter.future.complete(null);
      return waiter.future;
    }
    waiters.add(waiter);
    writer.requestSync();
    queue.wake();
    if (writer.durable() >= waiter.sequence) {
      waiter.future.complete(null); // got there while the waiter was put on the list
    } else if (!thread.isAlive()) {
      waiter.future.completeExceptionally(new IOException("event log is closed"));
    }
    return waiter.future;
  }

  /// Waits until everything that was emitted before is on disk; not for an event loop.
  ///
  /// @return whether it is; false when it took longer, or the journal is closed and could not
  public boolean awaitFlush(Duration limit) throws InterruptedException {
    try {
      flush().get(limit.toNanos(), TimeUnit.NANOSECONDS);
      return true;
    } catch (ExecutionException | TimeoutException e) {
      return false;
    }
  }

  /// On the writer's thread, after each step forward.
  private void progressed() {
    tails.forEach(Tail::wake);
    long durable = writer.durable();
    if (durable == durableTold) {
      return;
    }
    durableTold = durable;
    durableTails.forEach(Tail::wake);
    listeners.forEach(Runnable::run);
    if (!waiters.isEmpty()) {
      waiters.removeIf(waiter -> {
        boolean done = waiter.sequence <= durable;
        if (done) {
          waiter.future.complete(null);
        }
        return done;
      });
    }
  }

  /// Writes what was emitted and closes the log. Later events are dropped.
  @Override
  public void close() {
    queue.close();
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true; // what was acknowledged to the emitters is written first
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    tails.forEach(Tail::close);
    durableTails.forEach(Tail::close);
    for (Waiter waiter : waiters) {
      waiter.future.completeExceptionally(new IOException("event log is closed"));
    }
  }
}
