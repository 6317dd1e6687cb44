package dev.lifeline.utils.activity;

import org.jspecify.annotations.Nullable;

/// What one backend has done with one table or index and not handed on yet.
///
/// Scans count whatever becomes of the transaction. Rows that were written are kept for each open
/// subtransaction, because what they mean depends on its end: a row that was inserted is a live one
/// if it commits and a dead one if not.
public final class PendingRelation {
  final int databaseOid;
  final int relationOid;
  private final PendingCounters owner;

  long scans;
  long returned;
  long fetched;
  long inserted;
  long updated;
  long deleted;
  long hotUpdated;
  long liveDelta;
  long deadDelta;
  long changed;
  boolean truncated;
  private boolean touched;

  /// Of the innermost subtransaction that has written; null where none has.
  private @Nullable Level levels;

  /// One that is not in use.
  private @Nullable Level spare;

  /// The rows that one subtransaction has written.
  private static final class Level {
    int depth;
    long inserted;
    long updated;
    long deleted;
    boolean truncated;
    long insertedBefore;
    long updatedBefore;
    long deletedBefore;
    @Nullable Level outer;

    /// What was written is gone with the truncated file, unless the truncation is undone.
    void truncate() {
      if (!truncated) {
        insertedBefore = inserted;
        updatedBefore = updated;
        deletedBefore = deleted;
        truncated = true;
      }
      inserted = 0;
      updated = 0;
      deleted = 0;
    }

    void undoTruncate() {
      if (truncated) {
        inserted = insertedBefore;
        updated = updatedBefore;
        deleted = deletedBefore;
      }
    }
  }

  PendingRelation(PendingCounters owner, int databaseOid, int relationOid) {
    this.owner = owner;
    this.databaseOid = databaseOid;
    this.relationOid = relationOid;
  }

  private void touch() {
    if (!touched) {
      touched = true;
      owner.touched(this);
    }
  }

  /// A sequential scan, or a scan of an index, begins.
  public void countScan() {
    touch();
    scans++;
  }

  /// A sequential scan has returned rows, or an index scan entries.
  public void countReturned(long rows) {
    touch();
    returned += rows;
  }

  /// An index scan has fetched a row.
  public void countFetched() {
    countFetched(1);
  }

  /// A bitmap scan has fetched rows.
  public void countFetched(long rows) {
    touch();
    fetched += rows;
  }

  public void countInserted(long rows) {
    level().inserted += rows;
  }

  /// A row was updated.
  ///
  /// @param hot whether the new version is heap-only
  public void countUpdated(boolean hot) {
    level().updated++;
    hotUpdated += hot ? 1 : 0;
  }

  public void countDeleted() {
    level().deleted++;
  }

  /// The relation has got a new, empty file.
  public void countTruncate() {
    level().truncate();
  }

  private Level level() {
    Level innermost = levels;
    int depth = owner.depth();
    if (innermost != null && innermost.depth == depth) {
      return innermost;
    }
    touch();
    Level added = spare;
    if (added == null) {
      added = new Level();
    } else {
      spare = null;
    }
    added.depth = depth;
    added.outer = innermost;
    levels = added;
    return added;
  }

  private void drop(Level ended) {
    levels = ended.outer;
    ended.outer = null;
    ended.inserted = 0;
    ended.updated = 0;
    ended.deleted = 0;
    ended.truncated = false;
    spare = ended;
  }

  /// The subtransaction of this depth has committed into the one around it.
  void subCommitted(int depth) {
    Level ended = levels;
    if (ended == null || ended.depth != depth) {
      return;
    }
    Level outer = ended.outer;
    if (outer == null || outer.depth != depth - 1) {
      ended.depth = depth - 1;
      return;
    }
    if (ended.truncated) {
      outer.truncate();
    }
    outer.inserted += ended.inserted;
    outer.updated += ended.updated;
    outer.deleted += ended.deleted;
    drop(ended);
  }

  /// The subtransaction of this depth was rolled back.
  void subAborted(int depth) {
    Level ended = levels;
    if (ended != null && ended.depth == depth) {
      aborted(ended);
    }
  }

  private void aborted(Level ended) {
    ended.undoTruncate();
    attempted(ended);
    deadDelta += ended.inserted + ended.updated;
    drop(ended);
  }

  private void attempted(Level ended) {
    inserted += ended.inserted;
    updated += ended.updated;
    deleted += ended.deleted;
  }

  /// The transaction has ended.
  void ended(boolean committed) {
    Level top = levels;
    while (top != null) {
      if (!committed) {
        aborted(top);
      } else {
        attempted(top);
        if (top.truncated) {
          truncated = true;
          liveDelta = 0;
          deadDelta = 0;
        }
        liveDelta += top.inserted - top.deleted;
        deadDelta += top.updated + top.deleted;
        changed += top.inserted + top.updated + top.deleted;
        drop(top);
      }
      top = levels;
    }
  }

  /// After it was handed on.
  void clear() {
    scans = 0;
    returned = 0;
    fetched = 0;
    inserted = 0;
    updated = 0;
    deleted = 0;
    hotUpdated = 0;
    liveDelta = 0;
    deadDelta = 0;
    changed = 0;
    truncated = false;
    touched = false;
  }
}
