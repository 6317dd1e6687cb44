package dev.lifeline.access.heap;

import dev.lifeline.storage.buffer.BufferPool;
import dev.lifeline.storage.freespace.FreeSpaceMap;
import dev.lifeline.storage.lmgr.LockMode;
import dev.lifeline.storage.lmgr.LockOwner;
import dev.lifeline.storage.lmgr.LockTag;
import dev.lifeline.storage.page.ItemId;
import dev.lifeline.storage.page.PageItems;
import dev.lifeline.storage.smgr.Fork;
import dev.lifeline.utils.NotYet;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// Gives empty pages at the end of a table back to the file system, where it is worth while and
/// nobody else is using the table just now.
final class VacuumTruncation {
  /// As PostgreSQL: at least so many pages, or this part of the table.
  private static final int PAGES_MIN = 1000;

  private static final int FRACTION = 16;

  /// How often it tries to close the gate.
  private static final int ATTEMPTS_MAX = 100;

  /// The oid of `pg_database`.
  private static final int PG_DATABASE = 1262;

  private final HeapTable table;
  private final LockTag guard;

  /// CREATE DATABASE has a lock on the one that it copies, page by page.
  private final LockTag database;

  /// For a system catalog.
  private final @Nullable TruncationGate gate;

  private final HeapAccess heap;
  private final LockOwner owner;
  private final VacuumCounters counters;
  private boolean locked;
  private boolean closed;
  private boolean cutting;
  private boolean verified;
  private int attempts;
  private int blocks;
  private int end;

  /// The visibility map still knows blocks from here on; -1 when it does not.
  private int forgetFrom;

  /// @param guard the relation whose lock keeps others out of the table
  /// @param gated there are those, too, who use it without a lock
  VacuumTruncation(
      HeapTable table, int guard, boolean gated, LockOwner owner, VacuumCounters counters) {
    this.table = table;
    this.guard = LockTag.relation(table.file().dbOid(), guard);
    this.database = LockTag.object(0, PG_DATABASE, table.file().dbOid());
    this.heap = table.heap();
    this.gate = gated ? heap.truncationGate(table.file().dbOid(), guard) : null;
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
    if (gate != null && !closed) {
      return close(gate);
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
      cutting = true;
      heap.shared().storage().truncate(table.file(), Fork.MAIN, end);
      table.state().truncated(end);
      heap.shared().storage().truncate(table.file(), Fork.FSM, FreeSpaceMap.pagesFor(end));
      counters.pagesRemoved = blocks - end;
    }
    cutting = false;
    openGate();
    unlock();
    return false;
  }

  /// Whether the next step cuts files: it must come to its end, because whoever gets the lock after
  /// it may write where the cut is still to be.
  boolean isCutting() {
    return locked && verified;
  }

  /// With the lock on, and as soon as nobody else is at it, which takes microseconds.
  ///
  /// @return whether to go on, be it that it has to be tried again
  private boolean close(TruncationGate open) {
    closed = open.close();
    if (closed) {
      measure();
    } else if (++attempts == ATTEMPTS_MAX) {
      unlock();
      return false;
    }
    return true;
  }

  private void openGate() {
    if (gate != null && closed) {
      gate.open();
    }
    closed = false;
  }

  /// The vacuum has ended in the middle. A file that is being cut is cut, and only then may
  /// somebody use it again.
  void abandon() {
    if (!cutting) {
      openGate();
      return;
    }
    try {
      heap.shared().storage().truncate(table.file(), Fork.MAIN, end);
      table.state().truncated(end);
      openGate();
    } catch (NotYet running) {
      running
          .until()
          .onComplete(cut -> {
            table.state().truncated(end);
            openGate();
          });
    }
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
    if (!heap.locks.tryLock(owner, database, LockMode.ROW_EXCLUSIVE)) {
      heap.locks.unlock(owner, guard, LockMode.ACCESS_EXCLUSIVE);
      return false;
    }
    locked = true;
    measure();
    return true;
  }

  private void unlock() {
    heap.locks.unlock(owner, database, LockMode.ROW_EXCLUSIVE);
    heap.locks.unlock(owner, guard, LockMode.ACCESS_EXCLUSIVE);
  }

  /// Somebody may have added a page before he was kept out.
  private void measure() {
    blocks = table.blocks();
    end = blocks;
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
