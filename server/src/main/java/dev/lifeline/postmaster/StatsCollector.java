package dev.lifeline.postmaster;

import dev.lifeline.events.StatsEvent;
import dev.lifeline.utils.activity.Counters;
import dev.lifeline.utils.guc.Gucs;
import io.vertx.core.Future;
import java.util.concurrent.atomic.LongAdder;

/// Reports the cumulative statistics to the event log at each `lifeline.stats_interval`: what was
/// counted since the report before. An interval in which nothing happened is not reported, so that
/// an idle server's log stays short.
///
/// Forked by the postmaster when the server is ready; ends on SIGTERM with a last report, and after
/// the backends, so that it counts their last transactions.
final class StatsCollector extends AuxiliaryProcess {
  private final ConnectionSlots slots;
  private final Counters counters;
  private Reading last;

  /// The counters at one instant.
  private record Reading(
      long nanos,
      int backends,
      long xactCommit,
      long xactRollback,
      long blksRead,
      long blksHit,
      long tupReturned,
      long tupFetched,
      long tupInserted,
      long tupUpdated,
      long tupDeleted,
      long deadlocks,
      long walRecords,
      long walFpi,
      long walBytes,
      long walSync,
      long buffersCheckpoint,
      long buffersClean,
      long buffersBackend,
      long buffersAlloc,
      long traceContextsMalformed) {

    static Reading of(Counters c, int backends, long nanos) {
      return new Reading(
          nanos,
          backends,
          c.sum(d -> d.xactCommit),
          c.sum(d -> d.xactRollback),
          c.blocksRead(),
          Math.max(0, c.blocksFetched() - c.blocksRead()),
          c.sum(d -> d.tupReturned),
          c.sum(d -> d.tupFetched),
          c.sum(d -> d.tupInserted),
          c.sum(d -> d.tupUpdated),
          c.sum(d -> d.tupDeleted),
          c.sum(d -> d.deadlocks),
          sum(c.walRecords),
          sum(c.walFpi),
          sum(c.walBytes),
          sum(c.walSync),
          sum(c.buffersCheckpoint),
          sum(c.buffersClean),
          sum(c.buffersBackend),
          sum(c.buffersAlloc),
          c.sum(d -> d.traceContextsMalformed));
    }

    private static long sum(LongAdder adder) {
      return adder.sum();
    }

    boolean sameAs(Reading other) {
      return backends == other.backends
          && xactCommit == other.xactCommit
          && xactRollback == other.xactRollback
          && walRecords == other.walRecords
          && tupReturned == other.tupReturned
          && tupFetched == other.tupFetched
          && traceContextsMalformed == other.traceContextsMalformed;
    }
  }

  StatsCollector(ProcessEnvironment env, ConnectionSlots slots) {
    super(env);
    this.slots = slots;
    this.counters = env.sharedMemory().counters();
    this.last = Reading.of(counters, 0, env.clock().nanoTime());
  }

  @Override
  protected Future<Void> work() {
    Reading now = Reading.of(counters, slots.taken(), env.clock().nanoTime());
    if (!now.sameAs(last)) {
      env.emit(difference(last, now));
    }
    last = now;
    return Future.succeededFuture();
  }

  /// What was counted between two readings. A counter that was set to zero meanwhile has counted
  /// from there.
  private static long since(long from, long to) {
    return to >= from ? to - from : to;
  }

  private StatsEvent.Reported difference(Reading from, Reading to) {
    var wal = env.sharedMemory().wal();
    return new StatsEvent.Reported(
        (to.nanos - from.nanos) / 1e6,
        to.backends,
        env.sharedMemory().transactions().running(),
        since(from.xactCommit, to.xactCommit),
        since(from.xactRollback, to.xactRollback),
        since(from.blksRead, to.blksRead),
        since(from.blksHit, to.blksHit),
        since(from.tupReturned, to.tupReturned),
        since(from.tupFetched, to.tupFetched),
        since(from.tupInserted, to.tupInserted),
        since(from.tupUpdated, to.tupUpdated),
        since(from.tupDeleted, to.tupDeleted),
        since(from.deadlocks, to.deadlocks),
        since(from.walRecords, to.walRecords),
        since(from.walFpi, to.walFpi),
        since(from.walBytes, to.walBytes),
        since(from.walSync, to.walSync),
        since(from.buffersCheckpoint, to.buffersCheckpoint),
        since(from.buffersClean, to.buffersClean),
        since(from.buffersBackend, to.buffersBackend),
        since(from.buffersAlloc, to.buffersAlloc),
        wal.insertLsn(),
        wal.flushedLsn(),
        env.sharedMemory().buffers().dirtyCount(),
        since(from.traceContextsMalformed, to.traceContextsMalformed));
  }

  @Override
  protected Future<Void> finish() {
    return work();
  }

  @Override
  protected long naptimeMs() {
    return env.get(Gucs.LIFELINE_STATS_INTERVAL);
  }
}
