package dev.lifeline.access.transam;

import dev.lifeline.events.Emitter;
import dev.lifeline.events.Subject;
import dev.lifeline.events.WalEvent;
import dev.lifeline.storage.file.DiskFile;
import dev.lifeline.storage.ipc.Wakeup;
import dev.lifeline.utils.Clock;
import dev.lifeline.utils.activity.Counters;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// Brings the WAL to the disk: one flush at a time, and what arrives meanwhile shares the next one.
/// Runs on the disk's dedicated thread, except for the very first step of a flush. Guard: `this`
/// for those who wait.
final class WalFlusher {
  private final WalBuffers buffers;
  private final WalFiles files;
  private final Wakeup wakeup;
  private final Clock clock;
  private final Emitter emitter;
  private final Consumer<PgException> panic;
  private final Counters counters;
  private final Delay delay;
  private final int segmentSize;

  private final ArrayDeque<Waiter> waiters = new ArrayDeque<>();

  /// Those who follow the WAL.
  private final ArrayDeque<Waiter> followers = new ArrayDeque<>(0);

  private boolean running;
  private boolean closed;

  private volatile long flushed;
  private volatile Wal.SegmentEnd lastEnd = Wal.SegmentEnd.NONE;

  /// Who flushes the round under way.
  private Subject subject;

  /// Of the round under way, which is one at a time.
  private long roundStart;

  private long roundEnd;
  private long commitsFlushed;
  private long commitsAtEnd;
  private long writeNanos;
  private long syncNanos;

  /// `commit_delay`: when enough others run, a flush that begins waits for their company.
  interface Delay {
    boolean isWorthwhile();

    void schedule(Runnable flush);
  }

  /// @param by who asked
  private record Waiter(long lsn, Promise<Void> promise, Subject by) {}

  WalFlusher(
      WalBuffers buffers,
      WalFiles files,
      Wakeup wakeup,
      Clock clock,
      Emitter emitter,
      Consumer<PgException> panic,
      Counters counters,
      Delay delay,
      Subject subject) {
    this.counters = counters;
    this.delay = delay;
    this.buffers = buffers;
    this.files = files;
    this.wakeup = wakeup;
    this.clock = clock;
    this.emitter = emitter;
    this.panic = panic;
    this.segmentSize = files.segmentSize();
    this.flushed = buffers.insertedLsn();
    this.subject = subject;
  }

  Wal.SegmentEnd lastSegmentEnd() {
    return lastEnd;
  }

  long flushedLsn() {
    return flushed;
  }

  /// @param by who flushes, on the event log, where nobody does so already; those who share his
  ///   round, or the next one, owe it to whoever came first
  Future<Void> flush(long lsn, Subject by) {
    if (flushed >= lsn) {
      return Future.succeededFuture();
    }
    Promise<Void> promise;
    synchronized (this) {
      if (flushed >= lsn) {
        return Future.succeededFuture();
      }
      promise = wakeup.promise();
      waiters.add(new Waiter(lsn, promise, by));
      if (running || closed) {
        return promise.future();
      }
      running = true;
      subject = by;
    }
    if (delay.isWorthwhile()) {
      delay.schedule(this::beginRound);
    } else {
      beginRound();
    }
    return promise.future();
  }

  Future<Void> flushedBeyond(long lsn) {
    synchronized (this) {
      if (flushed > lsn) {
        return Future.succeededFuture();
      }
      Promise<Void> promise = wakeup.promise();
      if (closed) {
        promise.fail(crashed());
      } else {
        followers.add(new Waiter(lsn + 1, promise, subject));
      }
      return promise.future();
    }
  }

  private static PgException crashed() {
    return PgException.fatal(
        SqlState.CRASH_SHUTDOWN,
        "terminating connection because of crash of another server process");
  }

  /// Under the monitor: takes those out whose wait is over.
  private static void take(ArrayDeque<Waiter> from, long lsn, List<Promise<Void>> done) {
    from.removeIf(waiter -> {
      if (waiter.lsn() <= lsn) {
        done.add(waiter.promise());
        return true;
      }
      return false;
    });
  }

  private void beginRound() {
    WalBuffers.Pending pending = buffers.pending();
    roundStart = flushed;
    roundEnd = pending.endLsn();
    commitsAtEnd = pending.commits();
    writeNanos = 0;
    syncNanos = 0;
    flushSegment(roundStart);
  }

  /// Writes and syncs what the round has in one segment, and goes on to the next.
  private void flushSegment(long from) {
    if (from >= roundEnd) {
      endRound();
      return;
    }
    long segmentEnd = (from / segmentSize + 1) * segmentSize;
    long to = Math.min(roundEnd, segmentEnd);
    boolean entered = from % segmentSize == 0;
    Future<DiskFile> opened = files.segment(from);
    opened
        .compose(file -> writeAndSync(file, from, to))
        .compose(ignored -> to == segmentEnd ? files.finished(to) : Future.succeededFuture())
        .onComplete(result -> {
          if (result.failed()) {
            fail(from, result.cause());
            return;
          }
          advance(to);
          if (to == segmentEnd) {
            lastEnd = new Wal.SegmentEnd(to, clock.nanoTime());
          }
          if (entered) {
            emitter.emit(subject, new WalEvent.SegmentSwitched(files.name(from), from));
          }
          prepareNext(from, to, segmentEnd);
          flushSegment(to);
        });
  }

  private Future<Void> writeAndSync(DiskFile file, long from, long to) {
    long begun = clock.nanoTime();
    return write(file, from, to)
        .compose(ignored -> {
          long written = clock.nanoTime();
          writeNanos += written - begun;
          counters.walWriteTime.add((written - begun) / 1000);
          counters.walSync.increment();
          return file.sync()
              .onSuccess(done -> {
                long took = clock.nanoTime() - written;
                syncNanos += took;
                counters.walSyncTime.add(took / 1000);
              });
        });
  }

  private Future<Void> write(DiskFile file, long from, long to) {
    MemorySegment piece = buffers.slice(from, to);
    long end = from + piece.byteSize();
    counters.walWrite.increment();
    Future<Void> written = file.write(piece, from % segmentSize);
    return end < to ? written.compose(ignored -> write(file, end, to)) : written;
  }

  /// Makes the next segment before it is needed, when the one in use is three quarters full.
  private void prepareNext(long from, long to, long segmentEnd) {
    long mark = segmentEnd - segmentSize / 4;
    if (from < mark && to >= mark && segmentSize >= 1 << 20) {
      Future<DiskFile> next = files.segment(segmentEnd);
      next.onFailure(cause -> fail(segmentEnd, cause));
    }
  }

  private void advance(long lsn) {
    flushed = lsn;
    buffers.setFlushed(lsn);
  }

  private void endRound() {
    int commits = (int) (commitsAtEnd - commitsFlushed);
    commitsFlushed = commitsAtEnd;
    if (roundEnd > roundStart) {
      emitter.emit(
          subject,
          new WalEvent.Flushed(
              roundStart,
              roundEnd,
              roundEnd - roundStart,
              commits,
              writeNanos / 1e6,
              syncNanos / 1e6));
    }
    List<Promise<Void>> done = new ArrayList<>();
    boolean again;
    synchronized (this) {
      long lsn = flushed;
      take(waiters, lsn, done);
      if (!followers.isEmpty()) {
        take(followers, lsn, done);
      }
      again = !waiters.isEmpty() && !closed;
      running = again;
      if (again) {
        subject = waiters.getFirst().by();
      }
    }
    for (Promise<Void> promise : done) {
      promise.complete();
    }
    if (again) {
      beginRound();
    }
  }

  /// A WAL that cannot be made durable ends the cluster: nobody who waits is told anything, for it
  /// is not known what is on the disk.
  private void fail(long from, Throwable cause) {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    SqlState state = cause instanceof PgException e ? e.sqlState() : SqlState.INTERNAL_ERROR;
    String reason = cause instanceof PgException e ? e.message() : cause.toString();
    panic.accept(PgException.panic(state, "%s", reason).context("log file " + files.name(from)));
  }

  /// No more flushes begin: the generation is over. Those who wait will never know what became of
  /// their commits.
  void close() {
    List<Waiter> left;
    synchronized (this) {
      closed = true;
      left = new ArrayList<>(waiters);
      waiters.clear();
      left.addAll(followers);
      followers.clear();
    }
    for (Waiter waiter : left) {
      waiter.promise().fail(crashed());
    }
  }
}
