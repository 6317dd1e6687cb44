package dev.lifeline.access.table;

import dev.lifeline.access.transam.Snapshot;
import dev.lifeline.access.transam.Xact;
import dev.lifeline.storage.smgr.RelFileLocator;
import java.util.List;

/// An opened table: a handle that all sessions may share. The caller holds a relation lock of the
/// mode that fits.
///
/// Every method may throw [dev.lifeline.utils.NotYet] before it changed anything; the caller then
/// waits and calls it again with the same arguments.
///
/// A tid means a row only as long as the snapshot is held under which it was found: after that the
/// row version may be pruned away and its line pointer belong to another row.
public interface Table {
  RelFileLocator file();

  /// The relation's oid, which locks and messages name.
  int relation();

  /// Length in blocks.
  int blocks();

  TableScan scan(Xact xact, Snapshot snapshot);

  /// Looks up the row that an index entry, or a tid from a scan, leads to: follows the chain of
  /// heap-only updates to the version that the snapshot sees.
  FetchResult fetch(Xact xact, Snapshot snapshot, long tid, TupleSink sink);

  /// Hands out the rows of a page that the snapshot sees: those that its line pointers in the
  /// bitmap lead to, or all of a lossy one.
  void fetchPage(Xact xact, Snapshot snapshot, TidBitmap.Pages page, TupleSink sink);

  /// Starts to read a page that [#fetchPage] will soon want.
  void prefetch(int block);

  /// Hands out exactly this row version, whether or not anybody sees it: for RETURNING, and for
  /// checking constraints.
  ///
  /// @return false when there is none
  boolean fetchVersion(long tid, TupleSink sink);

  /// Whether the row that an index entry leads to is there for good: inserted by a transaction that
  /// has committed or by this one, and not deleted. Waits for whoever decides.
  boolean awaitLive(Xact xact, long tid);

  /// Says that the next row of this transaction may be taken back ([#retract]) when an index turns
  /// out to have its key already: who meets it waits for the end of this, and not for that of the
  /// transaction. To be ended soon, and before anything else is waited for.
  Speculation speculate(Xact xact);

  /// Takes a row back that this transaction has just added, so that it never was.
  void retract(Xact xact, long tid);

  /// Adds a row.
  ///
  /// @return its tid
  /// @throws dev.lifeline.utils.error.PgException 54000 when it is bigger than a page
  default long insert(Xact xact, byte[] payload) {
    return insert(xact, payload, 0, payload.length);
  }

  /// As [#insert(Xact, byte[])], of a part of an array.
  long insert(Xact xact, byte[] payload, int offset, int length);

  /// Adds rows, one WAL record for each page. Takes as many as fit on the page that it works on:
  /// the caller goes on from there.
  ///
  /// @param payloads the rows from index `from` on
  /// @param tids receives the tid of each row that was added, at the same index
  /// @return how many were added, at least 1
  int multiInsert(Xact xact, List<byte[]> payloads, int from, long[] tids, BulkInsert state);

  /// Replaces a row version by a new one.
  ///
  /// @param indexedChanged an indexed column gets another value; when not, the new version may be
  ///   heap-only, see [ModifyResult#needsIndexEntries]
  /// @param keyChanged a column gets another value by which other rows may refer to this one; when
  ///   not, those who have locked it for [RowLock#KEY_SHARE] are not in the way
  ModifyResult update(
      Xact xact, long tid, byte[] payload, boolean indexedChanged, boolean keyChanged);

  /// As the other, of a table each of whose indexed columns is one of a key.
  default ModifyResult update(Xact xact, long tid, byte[] payload, boolean keysChanged) {
    return update(xact, tid, payload, keysChanged, keysChanged);
  }

  ModifyResult delete(Xact xact, long tid);

  /// Locks a row until the transaction ends.
  ///
  /// @param sink gets the row version when the result is OK
  ModifyResult lock(Xact xact, long tid, RowLock strength, LockWaitPolicy policy, TupleSink sink);

  /// Hands out what a new index must have entries for: the rows that are live, or dead but still
  /// seen by some snapshot, each under the tid that its index entry must have (the root of its
  /// chain). The caller has a lock that keeps writers out.
  TableScan indexBuildScan(Xact xact);
}
