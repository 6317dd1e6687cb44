package dev.lifeline.storage.buffer;

import dev.lifeline.storage.ipc.Latch;
import dev.lifeline.storage.ipc.WaitList;
import dev.lifeline.storage.ipc.Wakeup;
import dev.lifeline.storage.page.PageChecksum;
import dev.lifeline.storage.page.PageLayout;
import dev.lifeline.storage.smgr.ForkFile;
import dev.lifeline.utils.activity.Counters;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.Future;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// Reads and writes of buffers. One at a time per buffer, and whoever does it holds a pin, so that
/// the buffer keeps its block until it is over.
///
/// A write takes a copy of the page under the shared latch and writes that, because no latch can be
/// held until the disk is done. A change that comes meanwhile leaves the buffer dirty.
final class BufferIo {
  private final Counters counters;
  private final BufferStates states;
  private final BufferTable table;
  private final MemorySegment memory;
  private final ForkFile[] files;
  private final WalFlush wal;
  private final Wakeup wakeup;
  private final Arena arena;

  /// Who waits for the read or write of a buffer; null while there is none. Setting it from null is
  /// what makes one the doer of it.
  private final AtomicReferenceArray<@Nullable WaitList> operations;

  private final ArrayDeque<MemorySegment> copies = new ArrayDeque<>();
  private final Latch copiesLatch = new Latch();

  BufferIo(
      BufferStates states,
      BufferTable table,
      MemorySegment memory,
      ForkFile[] files,
      WalFlush wal,
      Wakeup wakeup,
      Counters counters,
      Arena arena) {
    this.counters = counters;
    this.states = states;
    this.table = table;
    this.memory = memory;
    this.files = files;
    this.wal = wal;
    this.wakeup = wakeup;
    this.arena = arena;
    this.operations = new AtomicReferenceArray<>(files.length);
  }

  private static long offset(int buf) {
    return (long) buf * PageLayout.PAGE_SIZE;
  }

  /// Completes when the read or write of a buffer that the caller has pinned is over.
  Future<Void> await(int buf) {
    WaitList operation = operations.get(buf);
    return operation == null ? Future.succeededFuture() : operation.await();
  }

  boolean isBusy(int buf) {
    return operations.get(buf) != null;
  }

  /// Marks a claimed buffer as being read, before others can find it.
  void prepareRead(int buf) {
    if (!operations.compareAndSet(buf, null, new WaitList(wakeup))) {
      throw new IllegalStateException("buffer " + buf + " is busy");
    }
  }

  /// The buffer was given to another block's holder before its read began.
  void cancelRead(int buf) {
    operations.set(buf, null);
  }

  /// Reads the page of a buffer for which [#prepareRead] was called; takes over its pin.
  Future<Void> read(int buf) {
    WaitList operation = operations.get(buf);
    if (operation == null) {
      throw new IllegalStateException("buffer " + buf + " is not being read");
    }
    Future<Void> done = operation.await();
    ForkFile file = files[buf];
    int block = table.blockOf(buf);
    file.read(block, memory.asSlice(offset(buf), PageLayout.PAGE_SIZE))
        .compose(ignored -> verify(buf, file, block))
        .onComplete(result -> {
          if (result.succeeded()) {
            states.setFlags(buf, BufferStates.VALID);
            states.clearFlags(buf, BufferStates.IO);
            operations.set(buf, null);
            states.unpin(buf);
            operation.complete();
          } else {
            states.clearFlags(buf, BufferStates.TAGGED | BufferStates.IO);
            table.remove(buf);
            operations.set(buf, null);
            states.unpin(buf);
            operation.fail(result.cause());
          }
        });
    return done;
  }

  private Future<Void> verify(int buf, ForkFile file, int block) {
    if (PageChecksum.verify(memory, offset(buf), block)) {
      return Future.succeededFuture();
    }
    counters.countChecksumFailure(file.rel().dbOid());
    return Future.failedFuture(
        PgException.error(
            SqlState.DATA_CORRUPTED,
            "invalid page in block %s of relation %s",
            Integer.toUnsignedString(block),
            file.rel().path(file.fork(), 0)));
  }

  /// Writes a buffer if it is dirty; completes when it is written, or when a write that was under
  /// way has ended.
  Future<Void> write(int buf) {
    if (!states.tryPinUnused(buf)) {
      return Future.succeededFuture();
    }
    WaitList operation = new WaitList(wakeup);
    if (!operations.compareAndSet(buf, null, operation)) {
      Future<Void> other = await(buf);
      states.unpin(buf);
      return other;
    }
    int state = states.setFlags(buf, BufferStates.IO);
    if (!isWorthWriting(buf, state)) {
      finish(buf, operation);
      return Future.succeededFuture();
    }
    Future<Void> done = operation.await();
    MemorySegment copy = copyOf(buf);
    long lsn = PageLayout.lsn(copy, 0);
    Future<Void> durable = wal.flushedLsn() >= lsn ? Future.succeededFuture() : wal.flush(lsn);
    ForkFile file = files[buf];
    int block = table.blockOf(buf);
    durable
        .compose(ignored -> file.write(block, copy))
        .onComplete(result -> {
          giveBack(copy);
          if (result.succeeded()) {
            written(buf);
            finish(buf, operation);
          } else {
            states.clearFlags(buf, BufferStates.IO);
            operations.set(buf, null);
            states.unpin(buf);
            operation.fail(result.cause());
          }
        });
    return done;
  }

  /// A hint alone is written only while redo would restore the page. The flag IO is set by now, and
  /// a checkpoint that moves the redo point afterwards sees it and waits for the write.
  private boolean isWorthWriting(int buf, int state) {
    if ((state & BufferStates.DIRTY) != 0) {
      return true;
    }
    if ((state & BufferStates.HINT) == 0) {
      return false;
    }
    if (PageLayout.lsn(memory, offset(buf)) > wal.redoLsn()) {
      return true;
    }
    states.clearFlags(buf, BufferStates.HINT);
    return false;
  }

  private void finish(int buf, WaitList operation) {
    states.clearFlags(buf, BufferStates.IO);
    operations.set(buf, null);
    states.unpin(buf);
    operation.complete();
  }

  private void written(int buf) {
    while (true) {
      int state = states.get(buf);
      if ((state & BufferStates.REDIRTIED) != 0) {
        return;
      }
      int clean = state & ~(BufferStates.DIRTY | BufferStates.HINT | BufferStates.CHECKPOINT);
      if (states.compareAndSet(buf, state, clean)) {
        return;
      }
    }
  }

  private MemorySegment copyOf(int buf) {
    MemorySegment copy = takeCopy();
    states.lockShared(buf);
    states.clearFlags(buf, BufferStates.REDIRTIED);
    MemorySegment.copy(memory, offset(buf), copy, 0, PageLayout.PAGE_SIZE);
    states.unlock(buf);
    if (!PageLayout.isNew(copy, 0)) {
      PageLayout.setChecksum(copy, 0, PageChecksum.of(copy, 0, table.blockOf(buf)));
    }
    return copy;
  }

  private MemorySegment takeCopy() {
    copiesLatch.lock();
    MemorySegment copy = copies.poll();
    copiesLatch.unlock();
    return copy != null ? copy : arena.allocate(PageLayout.PAGE_SIZE, 4096);
  }

  private void giveBack(MemorySegment copy) {
    copiesLatch.lock();
    copies.push(copy);
    copiesLatch.unlock();
  }
}
