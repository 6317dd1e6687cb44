package dev.lifeline.storage.buffer;

import dev.lifeline.storage.ipc.SpinWait;
import dev.lifeline.storage.ipc.Wakeup;
import dev.lifeline.storage.page.PageLayout;
import dev.lifeline.storage.smgr.Fork;
import dev.lifeline.storage.smgr.ForkFile;
import dev.lifeline.storage.smgr.RelFileLocator;
import dev.lifeline.storage.smgr.Smgr;
import dev.lifeline.utils.NotYet;
import dev.lifeline.utils.activity.Counters;
import dev.lifeline.utils.error.PgException;
import io.vertx.core.Future;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// The pages in memory. A buffer is an index into the pool; its page is at [#offset] of
/// [#memory()].
///
/// Formally:
///
/// 1. A page is looked at only while it is pinned and latched, shared or exclusive; changed only
///    under the exclusive latch. (A hint may be changed under the shared one: see [#setHint].)
/// 2. Pins and latches are held for one synchronous piece of code, never across a suspension.
/// 3. Several pages are pinned first, all of them, and then latched, in an order that all agree on.
///    Nothing is pinned by one who holds a latch.
/// 4. Before a changed page is written to disk, the WAL up to its LSN is durable.
public final class BufferPool {
  public static final int INVALID = -1;

  private static final long ANY_RELATION = -1;

  private final int count;
  private final Arena arena;
  private final MemorySegment memory;
  private final BufferStates states;
  private final BufferTable table;
  private final ForkFile[] files;
  private final BufferIo io;
  private final ClockSweep sweep;
  private final Smgr smgr;
  private final Counters counters;

  /// Makes an empty pool.
  ///
  /// @param buffers pages it holds: `shared_buffers`
  public BufferPool(int buffers, Smgr smgr, WalFlush wal, Wakeup wakeup, Counters counters) {
    this.counters = counters;
    this.count = buffers;
    this.smgr = smgr;
    arena = Arena.ofShared();
    memory = PageMemory.allocate(buffers, arena);
    states = new BufferStates(buffers);
    table = new BufferTable(states, buffers);
    files = new ForkFile[buffers];
    io = new BufferIo(states, table, memory, files, wal, wakeup, counters, arena);
    sweep = new ClockSweep(buffers, states, table, io, wal, memory, counters);
  }

  /// Pins a block of a relation. Throws [NotYet] while it has to be read, and the error when it
  /// cannot be: `XX001` for an invalid page or a block that the relation does not have.
  public int pin(RelFileLocator rel, Fork fork, int block) {
    return pin(rel, fork, block, null);
  }

  /// As [#pin(RelFileLocator, Fork, int)]; a page that has to be read gets a buffer of the ring.
  /// Its use through a ring makes no page more wanted than it is.
  public int pin(RelFileLocator rel, Fork fork, int block, @Nullable BufferRing ring) {
    long relKey = BufferTable.relKey(rel, fork);
    long blockKey = BufferTable.blockKey(rel, block);
    while (true) {
      int buf = table.pin(relKey, blockKey, ring == null);
      if (buf == INVALID) {
        buf = startRead(rel, fork, block, relKey, blockKey, ring);
      }
      if ((states.get(buf) & BufferStates.VALID) != 0) {
        counters.blocks.of(rel.dbOid(), rel.relNumber()).countFetch();
        return buf;
      }
      Future<Void> read = io.await(buf);
      states.unpin(buf);
      waitFor(read);
    }
  }

  /// Throws NotYet, unless what it waits for is over already.
  private static void waitFor(Future<Void> future) {
    if (!future.isComplete()) {
      throw new NotYet(future);
    }
    if (future.failed()) {
      throw failure(future.cause());
    }
  }

  private static RuntimeException failure(Throwable cause) {
    return cause instanceof RuntimeException e ? e : new IllegalStateException(cause);
  }

  /// Finds a buffer for a block and starts to read it; returns it pinned, or the one that another
  /// caller has meanwhile found for it.
  private int startRead(
      RelFileLocator rel,
      Fork fork,
      int block,
      long relKey,
      long blockKey,
      @Nullable BufferRing ring) {
    ForkFile file = smgr.file(rel, fork);
    if (Integer.compareUnsigned(block, file.blocks()) >= 0) {
      throw file.beyondEnd(block);
    }
    int victim = sweep.claim(ring);
    files[victim] = file;
    io.prepareRead(victim);
    int buf = table.insert(victim, relKey, blockKey, BufferStates.IO);
    if (buf != victim) {
      io.cancelRead(victim);
      states.unpin(victim);
      return buf;
    }
    counters.blocks.of(rel.dbOid(), rel.relNumber()).countRead();
    Future<Void> read = io.read(victim);
    if (read.isComplete() && read.failed()) {
      throw failure(read.cause());
    }
    int again = table.pin(relKey, blockKey, ring == null);
    if (again == INVALID) {
      throw new NotYet(read);
    }
    return again;
  }

  /// Pins a block only if it is in memory; else [#INVALID].
  public int pinIfResident(RelFileLocator rel, Fork fork, int block) {
    int buf = table.pin(BufferTable.relKey(rel, fork), BufferTable.blockKey(rel, block), true);
    if (buf == INVALID || (states.get(buf) & BufferStates.VALID) != 0) {
      return buf;
    }
    states.unpin(buf);
    return INVALID;
  }

  /// For redo: in which buffer a block is, without pinning it; [#INVALID] when it is in none.
  public int seek(RelFileLocator rel, Fork fork, int block) {
    return table.seek(BufferTable.relKey(rel, fork), BufferTable.blockKey(rel, block));
  }

  /// For redo: pins a block where [#seek] saw it, if it still is there and may be used; else
  /// [#INVALID].
  public int pinSeen(int buf, RelFileLocator rel, Fork fork, int block) {
    if (!table.pinIn(buf, BufferTable.relKey(rel, fork), BufferTable.blockKey(rel, block))) {
      return INVALID;
    }
    if ((states.get(buf) & BufferStates.VALID) != 0) {
      return buf;
    }
    states.unpin(buf);
    return INVALID;
  }

  /// For redo: starts to read a block that the file has and no buffer; completes when it is read.
  /// An error is for the one who pins the block to meet.
  public Future<Void> startReading(RelFileLocator rel, Fork fork, int block) {
    try {
      unpin(pin(rel, fork, block));
      return Future.succeededFuture();
    } catch (NotYet reading) {
      return reading.until().otherwiseEmpty().mapEmpty();
    } catch (PgException unreadable) {
      return Future.succeededFuture();
    }
  }

  /// For redo: pins a block without reading it, because the record makes all of it. The relation is
  /// extended to it. The page's content is what the caller makes of it.
  public int pinForInit(RelFileLocator rel, Fork fork, int block) {
    long relKey = BufferTable.relKey(rel, fork);
    long blockKey = BufferTable.blockKey(rel, block);
    ForkFile file = smgr.file(rel, fork);
    if (block >= file.blocks()) {
      file.atLeast(block + 1);
    }
    while (true) {
      int buf = table.pin(relKey, blockKey, true);
      if (buf == INVALID) {
        int victim = sweep.claim(null);
        files[victim] = file;
        page(victim).fill((byte) 0);
        buf = table.insert(victim, relKey, blockKey, BufferStates.VALID);
        if (buf != victim) {
          states.unpin(victim);
        }
      }
      if ((states.get(buf) & BufferStates.VALID) != 0) {
        return buf;
      }
      // Whether the page on the disk is whole does not matter here.
      Future<Void> read = io.await(buf).otherwiseEmpty();
      states.unpin(buf);
      waitFor(read);
    }
  }

  /// Makes the relation one block longer. The new block comes pinned, exclusively latched and all
  /// zeros; the caller initializes and WAL-logs it. Throws NotYet while the file has to be
  /// extended.
  public int extend(RelFileLocator rel, Fork fork) {
    return extend(rel, fork, null);
  }

  /// As [#extend(RelFileLocator, Fork)], with a buffer of the ring.
  public int extend(RelFileLocator rel, Fork fork, @Nullable BufferRing ring) {
    ForkFile file = smgr.file(rel, fork);
    file.blocks();
    int victim = sweep.claim(ring);
    files[victim] = file;
    page(victim).fill((byte) 0);
    states.lockExclusive(victim);
    while (file.tryExtend(block -> place(victim, rel, fork, block)) < 0) {
      Future<Void> room = file.makeRoom();
      if (!room.succeeded()) {
        release(victim);
        throw room.failed() ? failure(room.cause()) : new NotYet(room);
      }
    }
    return victim;
  }

  private void place(int victim, RelFileLocator rel, Fork fork, int block) {
    long blockKey = BufferTable.blockKey(rel, block);
    int buf = table.insert(victim, BufferTable.relKey(rel, fork), blockKey, BufferStates.VALID);
    if (buf != victim) {
      throw new IllegalStateException("new block " + block + " of " + rel + " is in the pool");
    }
  }

  private MemorySegment page(int buf) {
    return memory.asSlice(offset(buf), PageLayout.PAGE_SIZE);
  }

  /// The length of a relation's fork in blocks, 0 when it has no file. NotYet when not known.
  public int blocks(RelFileLocator rel, Fork fork) {
    return smgr.file(rel, fork).blocks();
  }

  /// Starts to read a block that will be wanted soon, if that can be done without waiting.
  public void prefetch(RelFileLocator rel, Fork fork, int block) {
    prefetch(rel, fork, block, null);
  }

  /// As [#prefetch(RelFileLocator, Fork, int)], into a buffer of the ring.
  public void prefetch(RelFileLocator rel, Fork fork, int block, @Nullable BufferRing ring) {
    int buf =
        table.pin(BufferTable.relKey(rel, fork), BufferTable.blockKey(rel, block), ring == null);
    if (buf == INVALID) {
      try {
        if (block >= smgr.file(rel, fork).blocks()) {
          return;
        }
        buf = pin(rel, fork, block, ring);
      } catch (NotYet reading) {
        return;
      }
    }
    states.unpin(buf);
  }

  public void unpin(int buf) {
    states.unpin(buf);
  }

  public void lockShared(int buf) {
    states.lockShared(buf);
  }

  public void lockExclusive(int buf) {
    states.lockExclusive(buf);
  }

  public boolean tryLockExclusive(int buf) {
    return states.tryLockExclusive(buf);
  }

  /// Latches exclusively if nobody else has the page pinned, so that its items may be moved.
  public boolean tryCleanupLock(int buf) {
    if (!states.tryLockExclusive(buf)) {
      return false;
    }
    if (states.pins(buf) == 1) {
      return true;
    }
    states.unlock(buf);
    return false;
  }

  /// Releases the latch, whichever kind it is.
  public void unlock(int buf) {
    states.unlock(buf);
  }

  /// [#unlock] and [#unpin].
  public void release(int buf) {
    states.unlock(buf);
    states.unpin(buf);
  }

  /// The memory of all pages.
  public MemorySegment memory() {
    return memory;
  }

  /// Where the buffer's page is in [#memory()].
  public long offset(int buf) {
    return (long) buf * PageLayout.PAGE_SIZE;
  }

  public int blockOf(int buf) {
    return table.blockOf(buf);
  }

  /// Whose block is in a pinned buffer.
  public ForkFile fileOf(int buf) {
    return files[buf];
  }

  /// The page was changed, under the exclusive latch, and must be written. Not needed for buffers
  /// that are registered with a WAL record.
  public void markDirty(int buf) {
    assert states.isLockedExclusive(buf) : "buffer " + buf + " is changed without its latch";
    int changed = BufferStates.DIRTY | BufferStates.REDIRTIED;
    // Both stay while the latch is held: a write takes REDIRTIED away under the shared one, and
    // DIRTY only where it finds the other taken.
    if ((states.get(buf) & changed) != changed) {
      states.setFlags(buf, changed);
    }
  }

  /// A hint was changed, under any latch. It is written only while the page has a full image in the
  /// WAL that redo would begin from, because a torn write of a page that redo does not restore
  /// would be taken for corruption; else it stays in memory and may be lost, as a hint may.
  public void setHint(int buf) {
    if ((states.get(buf) & (BufferStates.HINT | BufferStates.DIRTY)) == 0) {
      states.setFlags(buf, BufferStates.HINT);
    }
  }

  /// The page's LSN, read without a latch.
  public long lsn(int buf) {
    return PageLayout.lsn(memory, offset(buf));
  }

  /// Throws away the pages of a relation that is dropped, unwritten.
  public Future<Void> drop(RelFileLocator rel) {
    Future<Void> done = Future.succeededFuture();
    for (Fork fork : Fork.values()) {
      done = done.compose(ignored -> discard(BufferTable.relKey(rel, fork), rel.dbOid(), 0));
    }
    return done;
  }

  /// Throws away a fork's pages from a block on, unwritten, before its file is cut there.
  public Future<Void> drop(RelFileLocator rel, Fork fork, int fromBlock) {
    return discard(BufferTable.relKey(rel, fork), rel.dbOid(), fromBlock);
  }

  /// Throws away all pages of a database.
  public Future<Void> dropDatabase(int dbOid) {
    return discardFrom(0, ANY_RELATION, dbOid, 0);
  }

  private Future<Void> discard(long relKey, int dbOid, int fromBlock) {
    return discardFrom(0, relKey, dbOid, fromBlock);
  }

  private Future<Void> discardFrom(int first, long relKey, int dbOid, int fromBlock) {
    for (int buf = first; buf < count; buf++) {
      int turn = 0;
      while (matches(buf, relKey, dbOid, fromBlock) && states.tryPinUnused(buf)) {
        if (!matches(buf, relKey, dbOid, fromBlock)) {
          states.unpin(buf);
          break;
        }
        Future<Void> busy = io.await(buf);
        if (!busy.isComplete()) {
          states.unpin(buf);
          int next = buf;
          return busy.otherwiseEmpty()
              .compose(ignored -> discardFrom(next, relKey, dbOid, fromBlock));
        }
        int state = states.get(buf);
        if ((state & BufferStates.PINS) == 1
            && (state & BufferStates.IO) == 0
            && states.compareAndSet(buf, state, BufferStates.PIN)) {
          table.remove(buf);
          states.unpin(buf);
          break;
        }
        states.unpin(buf);
        turn = SpinWait.pause(turn);
      }
    }
    return Future.succeededFuture();
  }

  private boolean matches(int buf, long relKey, int dbOid, int fromBlock) {
    long blockKey = table.blockKeyOf(buf);
    return (states.get(buf) & BufferStates.TAGGED) != 0
        && (int) (blockKey >> 32) == dbOid
        && (relKey == ANY_RELATION || table.relKeyOf(buf) == relKey)
        && (int) blockKey >= fromBlock;
  }

  /// For the checkpointer and the background writer, which are in this package.
  BufferStates states() {
    return states;
  }

  BufferTable table() {
    return table;
  }

  BufferIo io() {
    return io;
  }

  ClockSweep sweep() {
    return sweep;
  }

  /// How many pages the pool holds.
  public int size() {
    return count;
  }

  /// How many pages must be written, as far as one look at each can tell while they change.
  public long dirtyCount() {
    long dirty = 0;
    for (int buf = 0; buf < count; buf++) {
      dirty += (states.get(buf) & BufferStates.DIRTY) != 0 ? 1 : 0;
    }
    return dirty;
  }

  /// Pages that backends had to write themselves to get a buffer, since the start.
  public long backendWrites() {
    return counters.buffersBackend.sum();
  }

  /// Buffers that were given to another block, since the start.
  public long allocations() {
    return counters.buffersAlloc.sum();
  }

  /// Frees the memory. Nothing may use the pool any more.
  public void close() {
    arena.close();
  }
}
