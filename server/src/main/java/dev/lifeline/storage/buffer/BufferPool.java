package dev.lifeline.storage.buffer;

import dev.lifeline.storage.smgr.Fork;
import dev.lifeline.storage.smgr.RelFileLocator;
import io.vertx.core.Future;
import java.lang.foreign.MemorySegment;

/// The pages in memory. A buffer is an index into the pool; its page is at [#offset] of
/// [#memory()].
///
/// Formally:
///
/// 1. A page is looked at only while it is pinned and latched, shared or exclusive; changed only
///    under the exclusive latch. (A hint may be changed under the shared one: see [#setHint].)
/// 2. Pins and latches are held for one synchronous piece of code, never across a suspension.
/// 3. Several pages are pinned first, all of them, and then latched, in an order that all agree on.
/// 4. Before a changed page is written to disk, the WAL up to its LSN is durable.
@SuppressWarnings("DoNotCallSuggester")
public final class BufferPool {
  public static final int INVALID = -1;

  private BufferPool() {}

  private static UnsupportedOperationException soon() {
    return new UnsupportedOperationException();
  }

  /// Pins a block of a relation. Throws [dev.lifeline.utils.NotYet] while it has to be read. An
  /// error of the read (`XX001` invalid page) is thrown by the call after it.
  public int pin(RelFileLocator rel, Fork fork, int block) {
    throw soon();
  }

  /// Pins a block only if it is in memory; else [#INVALID].
  public int pinIfResident(RelFileLocator rel, Fork fork, int block) {
    throw soon();
  }

  /// Makes the relation one block longer. The new block comes pinned, exclusively latched and all
  /// zeros; the caller initializes and WAL-logs it. Throws NotYet while the file has to be
  /// extended.
  public int extend(RelFileLocator rel, Fork fork) {
    throw soon();
  }

  /// The length of a relation's fork in blocks, 0 when it has no file. NotYet when not known.
  public int blocks(RelFileLocator rel, Fork fork) {
    throw soon();
  }

  /// Starts to read a block that will be wanted soon.
  public void prefetch(RelFileLocator rel, Fork fork, int block) {
    throw soon();
  }

  public void unpin(int buf) {
    throw soon();
  }

  public void lockShared(int buf) {
    throw soon();
  }

  public void lockExclusive(int buf) {
    throw soon();
  }

  public boolean tryLockExclusive(int buf) {
    throw soon();
  }

  /// Latches exclusively if nobody else has the page pinned, so that its items may be moved.
  public boolean tryCleanupLock(int buf) {
    throw soon();
  }

  /// Releases the latch, whichever kind it is.
  public void unlock(int buf) {
    throw soon();
  }

  /// [#unlock] and [#unpin].
  public void release(int buf) {
    throw soon();
  }

  /// The memory of all pages.
  public MemorySegment memory() {
    throw soon();
  }

  /// Where the buffer's page is in [#memory()].
  public long offset(int buf) {
    throw soon();
  }

  public int blockOf(int buf) {
    throw soon();
  }

  /// The page was changed, under the exclusive latch, and must be written. Not needed for buffers
  /// that are registered with a WAL record.
  public void markDirty(int buf) {
    throw soon();
  }

  /// A hint was changed, under any latch. It is written only while the page has a full image in the
  /// WAL that redo would begin from, because a torn write of a page that redo does not restore
  /// would be taken for corruption; else it stays in memory and may be lost, as a hint may.
  public void setHint(int buf) {
    throw soon();
  }

  /// The page's LSN, read without a latch.
  public long lsn(int buf) {
    throw soon();
  }

  /// Throws away the pages of a relation that is dropped, unwritten.
  public Future<Void> drop(RelFileLocator rel) {
    throw soon();
  }
}
