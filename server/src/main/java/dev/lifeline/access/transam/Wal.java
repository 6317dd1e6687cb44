package dev.lifeline.access.transam;

import dev.lifeline.storage.buffer.WalFlush;
import io.vertx.core.Future;

/// The write-ahead log: records go into the WAL buffers in order, and from there to the segment
/// files in groups, one flush at a time. Commits that arrive while a flush is running share the
/// next.
@SuppressWarnings("DoNotCallSuggester")
public final class Wal implements WalFlush {
  private Wal() {}

  private static UnsupportedOperationException soon() {
    return new UnsupportedOperationException();
  }

  /// To be called before a change, while nothing is pinned: throws NotYet while the WAL buffers
  /// hold too much that is not written, so that inserting never has to wait.
  public void reserve() {
    throw soon();
  }

  /// Begins a record.
  ///
  /// @param rmgr one of [Rmgr]
  /// @param info what it is to its resource manager, 0 to 255
  /// @param xid the transaction, 0 for none
  public WalRecordBuilder begin(int rmgr, int info, long xid) {
    throw soon();
  }

  /// The end of the last record.
  public long insertLsn() {
    throw soon();
  }

  @Override
  public long flushedLsn() {
    throw soon();
  }

  /// Group commit: completes after the flush that covers the LSN.
  @Override
  public Future<Void> flush(long lsn) {
    throw soon();
  }
}
