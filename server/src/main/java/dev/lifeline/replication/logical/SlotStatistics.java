package dev.lifeline.replication.logical;

import java.util.concurrent.atomic.LongAdder;

/// What decoding for one slot has done: `pg_stat_replication_slots`.
public final class SlotStatistics {
  public final LongAdder spillTxns = new LongAdder();
  public final LongAdder spillCount = new LongAdder();
  public final LongAdder spillBytes = new LongAdder();
  public final LongAdder totalTxns = new LongAdder();
  public final LongAdder totalBytes = new LongAdder();

  void spilled(boolean first, long bytes) {
    if (first) {
      spillTxns.increment();
    }
    spillCount.increment();
    spillBytes.add(bytes);
  }

  public void reset() {
    spillTxns.reset();
    spillCount.reset();
    spillBytes.reset();
    totalTxns.reset();
    totalBytes.reset();
  }
}
