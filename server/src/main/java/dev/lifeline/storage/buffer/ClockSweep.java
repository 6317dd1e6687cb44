package dev.lifeline.storage.buffer;

import dev.lifeline.storage.page.PageLayout;
import dev.lifeline.utils.NotYet;
import dev.lifeline.utils.activity.Counters;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.Future;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Which buffer is given to the next block: a hand goes round, and a buffer that was not used since
/// the last time (or two, or five: its usage count) is taken.
final class ClockSweep {
  /// Dirty buffers that one claim sets to be written.
  private static final int WRITES_MAX = 4;

  /// Dirty buffers that one claim passes by in search of a clean one before it waits.
  private static final int DIRTY_MAX = 64;

  /// Dirty buffers of a ring that are written in one go.
  private static final int RING_WRITES_MAX = 16;

  private final int count;
  private final BufferStates states;
  private final BufferTable table;
  private final BufferIo io;
  private final AtomicLong hand = new AtomicLong();
  private final WalFlush wal;
  private final MemorySegment memory;
  private final Counters counters;

  ClockSweep(
      int count,
      BufferStates states,
      BufferTable table,
      BufferIo io,
      WalFlush wal,
      MemorySegment memory,
      Counters counters) {
    this.wal = wal;
    this.memory = memory;
    this.counters = counters;
    this.count = count;
    this.states = states;
    this.table = table;
    this.io = io;
  }

  /// How many buffers the hand has passed since the start.
  long passed() {
    return hand.get();
  }

  /// Takes a buffer of the ring, if there is one and its turn has come, or any other.
  int claim(@Nullable BufferRing ring) {
    if (ring == null) {
      return claim();
    }
    int buf = ring.current();
    if (buf != BufferPool.INVALID && isIdle(buf) && makeClean(buf, ring) && takeFromRing(buf)) {
      ring.reuse();
      return buf;
    }
    int claimed = claim();
    ring.replace(claimed);
    return claimed;
  }

  /// Nobody has it pinned, and nobody but the ring's owner has used it.
  private boolean isIdle(int buf) {
    int state = states.get(buf);
    return (state & BufferStates.PINS) == 0
        && (state & BufferStates.TAGGED) != 0
        && (state & BufferStates.USAGE_MASK) <= BufferStates.USAGE;
  }

  private boolean takeFromRing(int buf) {
    int state = states.get(buf);
    int unfit = BufferStates.PINS | BufferStates.DIRTY | BufferStates.HINT;
    return isIdle(buf) && (state & unfit) == 0 && take(buf, state);
  }

  /// Writes it if it is dirty, and those of the ring that come next with it; false when that is not
  /// for a reader to do. Throws NotYet until it is written.
  private boolean makeClean(int buf, BufferRing ring) {
    if (!isDirty(buf)) {
      return true;
    }
    if (ring.use() == BufferRing.Use.BULK_READ
        && PageLayout.lsn(memory, (long) buf * PageLayout.PAGE_SIZE) > wal.flushedLsn()) {
      return false;
    }
    Future<Void> write = writeForRing(buf);
    for (int i = 1; i < Math.min(RING_WRITES_MAX, ring.size()); i++) {
      int next = ring.ahead(i);
      if (next != BufferPool.INVALID && isIdle(next) && isDirty(next)) {
        var _ = writeForRing(next);
      }
    }
    if (!write.isComplete()) {
      throw new NotYet(write);
    }
    return true;
  }

  private boolean isDirty(int buf) {
    return (states.get(buf) & (BufferStates.DIRTY | BufferStates.HINT)) != 0;
  }

  private Future<Void> writeForRing(int buf) {
    if ((states.get(buf) & BufferStates.DIRTY) != 0) {
      counters.buffersBackend.increment();
    }
    return io.write(buf);
  }

  /// Takes a buffer away from its block. It comes with one pin and belongs to no block; nobody can
  /// find it. Throws NotYet while buffers must be written to get one.
  int claim() {
    Future<Void> written = null;
    int busy = BufferPool.INVALID;
    int writes = 0;
    int dirty = 0;
    long stepsMax = (long) count * (BufferStates.USAGE_MAX + 1);
    for (long steps = 0; steps < stepsMax && dirty < DIRTY_MAX; steps++) {
      int buf = (int) (hand.getAndIncrement() % count);
      int state = states.get(buf);
      if ((state & BufferStates.PINS) != 0) {
        busy = (state & BufferStates.IO) != 0 ? buf : busy;
      } else if ((state & BufferStates.USAGE_MASK) != 0) {
        states.compareAndSet(buf, state, state - BufferStates.USAGE);
      } else if ((state & (BufferStates.DIRTY | BufferStates.HINT)) == 0) {
        if (take(buf, state)) {
          return buf;
        }
      } else if (writes < WRITES_MAX) {
        Future<Void> write = io.write(buf);
        if ((state & BufferStates.DIRTY) != 0) {
          counters.buffersBackend.increment();
        }
        if (!write.isComplete()) {
          written = written == null ? write : written;
          writes++;
        } else if (takeIfClean(buf)) {
          return buf;
        }
      } else {
        dirty++;
      }
    }
    throw nothingFree(written, busy);
  }

  private boolean takeIfClean(int buf) {
    int state = states.get(buf);
    int unfit =
        BufferStates.PINS | BufferStates.USAGE_MASK | BufferStates.DIRTY | BufferStates.HINT;
    return (state & unfit) == 0 && take(buf, state);
  }

  private boolean take(int buf, int state) {
    if (!states.compareAndSet(buf, state, BufferStates.PIN)) {
      return false;
    }
    if ((state & BufferStates.TAGGED) != 0) {
      table.remove(buf);
    }
    counters.buffersAlloc.increment();
    return true;
  }

  /// Every buffer is pinned or dirty. What is being read or written will be free soon; what is
  /// pinned by code that runs is a pool too small for it.
  private RuntimeException nothingFree(@Nullable Future<Void> written, int busy) {
    if (written != null) {
      return new NotYet(written);
    }
    if (busy != BufferPool.INVALID) {
      if (!states.tryPinUnused(busy)) {
        return new NotYet(Future.succeededFuture());
      }
      Future<Void> operation = io.await(busy);
      states.unpin(busy);
      return new NotYet(operation.otherwiseEmpty());
    }
    return PgException.error(SqlState.INTERNAL_ERROR, "no unpinned buffers available");
  }
}
