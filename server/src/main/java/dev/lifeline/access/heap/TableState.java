package dev.lifeline.access.heap;

import dev.lifeline.storage.buffer.BufferPool;
import dev.lifeline.storage.freespace.FreeSpaceMap;
import dev.lifeline.storage.smgr.RelFileLocator;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;

/// What all handles of one table's file share.
final class TableState {
  private static final int TARGETS = 8;

  final FreeSpaceMap freeSpace;
  final RowLockers rowLockers = new RowLockers();

  /// The blocks that inserts go to, plus one; 0 for none. Processes are spread over them, so that
  /// they do not all want the same page.
  private final AtomicIntegerArray targets = new AtomicIntegerArray(TARGETS);

  private volatile boolean lastBlockTried;

  /// Of a toast table: the last value id that was given out; 0 until the index was asked.
  final AtomicLong lastToastId = new AtomicLong();

  TableState(BufferPool buffers, RelFileLocator file) {
    this.freeSpace = new FreeSpaceMap(buffers, file);
  }

  int target(int pid) {
    return targets.get(pid & TARGETS - 1) - 1;
  }

  void setTarget(int pid, int block) {
    targets.set(pid & TARGETS - 1, block + 1);
  }

  void truncated(int blocks) {
    freeSpace.truncate(blocks);
    for (int i = 0; i < TARGETS; i++) {
      if (targets.get(i) > blocks) {
        targets.set(i, 0);
      }
    }
  }

  /// The map knows nothing of pages that nobody has found full and no VACUUM has seen: the last
  /// block is worth a try.
  boolean mayTryLastBlock() {
    return !lastBlockTried;
  }

  void triedLastBlock() {
    lastBlockTried = true;
  }
}
