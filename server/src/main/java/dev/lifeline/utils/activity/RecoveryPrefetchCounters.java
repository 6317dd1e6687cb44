package dev.lifeline.utils.activity;

import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/// What redo's look ahead has met: the columns of `pg_stat_recovery_prefetch`. They begin with the
/// server, and are not kept over a restart.
public final class RecoveryPrefetchCounters {
  /// Blocks that were read ahead.
  public final LongAdder prefetch = new LongAdder();

  /// Blocks that were in memory already.
  public final LongAdder hit = new LongAdder();

  /// Blocks that the record itself makes anew.
  public final LongAdder skipInit = new LongAdder();

  /// Blocks that the file does not have yet.
  public final LongAdder skipNew = new LongAdder();

  /// Blocks of which the record has a full image.
  public final LongAdder skipFpw = new LongAdder();

  /// Blocks that were just looked at.
  public final LongAdder skipRep = new LongAdder();

  private volatile int walDistance;
  private volatile int blockDistance;
  private volatile int ioDepth;
  private volatile long resetMicros;

  /// How far ahead it looks now.
  ///
  /// @param wal in bytes
  /// @param blocks that were looked at and not redone
  /// @param io reads that are under way
  public void setDistances(int wal, int blocks, int io) {
    walDistance = wal;
    blockDistance = blocks;
    ioDepth = io;
  }

  public int walDistance() {
    return walDistance;
  }

  public int blockDistance() {
    return blockDistance;
  }

  public int ioDepth() {
    return ioDepth;
  }

  /// Since when it counts, in microseconds since the epoch.
  public long resetMicros() {
    return resetMicros;
  }

  /// All counts are zero from now on.
  public void reset(long nowMicros) {
    List.of(prefetch, hit, skipInit, skipNew, skipFpw, skipRep).forEach(LongAdder::reset);
    resetMicros = nowMicros;
  }
}
