package dev.lifeline.access.heap;

import dev.lifeline.storage.buffer.BufferPool;
import dev.lifeline.storage.freespace.FreeSpaceMap;
import dev.lifeline.storage.lmgr.LockMode;
import dev.lifeline.storage.lmgr.LockOwner;
import dev.lifeline.storage.lmgr.LockTag;
import dev.lifeline.storage.page.ItemId;
import dev.lifeline.storage.page.PageItems;
import dev.lifeline.storage.smgr.Fork;
import java.lang.foreign.MemorySegment;

/// Gives empty pages at the end of a table back to the file system, where it is worth while and
/// nobody else is using the table just now.
final class VacuumTruncation {
  /// As PostgreSQL: at least so many pages, or this part of the table.
  private static final int PAGES_MIN = 1000;

  private static final int FRACTION = 16;

  private final HeapTable table;
  private final LockTag guard;
  private final HeapAccess heap;
  private final LockOwner owner;
  private final VacuumCounters counters;
  private boolean locked;
  private boolean verified;
  private int blocks;
  private int end;

  /// The visibility map still knows blocks from here on; -1 when it does not.
  private int forgetFrom;

  /// @param guard the relation whose lock keeps others out of the table
  VacuumTruncation(HeapTable table, int guard, LockOwner owner, VacuumCounters counters) {
    this.table = table;
    this.guard = LockTag.relation(table.file().dbOid(), guard);
    this.heap = table.heap();
    this.owner = owner;
    this.counters = counters;
  }

  /// Does the next piece.
  ///
  /// @param nonEmptyBlocks what the scan believes must stay
  /// @return false when there is nothing (more) to do
  boolean step(int nonEmptyBlocks) {
    if (!locked) {
      return begin(nonEmptyBlocks);
    }
    if (!verified) {
      verifyPage(nonEmptyBlocks);
      return true;
    }
    if (end < blocks) {
      while (forgetFrom >= 0) {
        forgetFrom = table.visible().forgetFrom(forgetFrom);
      }
      table.state().freeSpace.prepareTruncate(end);
      heap.shared().storage().truncate(table.file(), Fork.MAIN, end);
      table.state().truncated(end);
      heap.shared().storage().truncate(table.file(), Fork.FSM, FreeSpaceMap.pagesFor(end));
      counters.pagesRemoved = blocks - end;
    }
    heap.locks.unlock(owner, guard, LockMode.ACCESS_EXCLUSIVE);
    return false;
  }

  private boolean begin(int nonEmptyBlocks) {
    blocks = table.blocks();
    end = blocks;
    int freeable = blocks - nonEmptyBlocks;
    if (freeable <= 0 || (freeable < PAGES_MIN && freeable < blocks / FRACTION)) {
      return false;
    }
    if (!heap.locks.tryLock(owner, guard, LockMode.ACCESS_EXCLUSIVE)) {
      return false;
    }
    locked = true;
    // Somebody may have added a page before the lock was there.
    blocks = table.blocks();
    end = blocks;
    return true;
  }

  /// Looks at the last page that is not known to be empty.
  private void verifyPage(int nonEmptyBlocks) {
    if (end <= nonEmptyBlocks) {
      endVerified();
      return;
    }
    BufferPool buffers = heap.buffers;
    int buf = buffers.pin(table.file(), Fork.MAIN, end - 1);
    buffers.lockShared(buf);
    MemorySegment m = buffers.memory();
    long page = buffers.offset(buf);
    boolean used = false;
    int count = PageItems.count(m, page);
    for (int item = 1; item <= count && !used; item++) {
      used = ItemId.isUsed(PageItems.id(m, page, item));
    }
    buffers.release(buf);
    if (used) {
      endVerified();
    } else {
      end--;
    }
  }

  private void endVerified() {
    verified = true;
    forgetFrom = end;
  }
}
