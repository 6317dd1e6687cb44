package dev.lifeline.access.table;

/// What became of an update, a delete or a row lock.
///
/// @param tid for OK: the row version that is current now (after an update the new one); for
///   UPDATED: the next version of the row, to be tried instead under READ COMMITTED after its
///   conditions were checked again; otherwise the tid that was asked for
/// @param needsIndexEntries for an update that is OK: the new version must get entries in all
///   indexes. False for a heap-only one, which the old entries lead to
public record ModifyResult(Status status, long tid, boolean needsIndexEntries) {

  /// The outcomes.
  public enum Status {
    OK,
    /// The row version is not visible to this command, which a scan would not have returned.
    INVISIBLE,
    /// This very command (or a later one of this transaction) has already changed it: to be passed
    /// over.
    SELF_MODIFIED,
    /// A transaction that has committed meanwhile has updated it.
    UPDATED,
    /// A transaction that has committed meanwhile has deleted it.
    DELETED,
    /// It is locked, and the caller did not want to wait.
    WOULD_BLOCK
  }

  public boolean ok() {
    return status == Status.OK;
  }
}
