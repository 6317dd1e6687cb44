package dev.lifeline.access.transam;

/// The commit log: two bits for each transaction, in the files of `pg_xact`.
@SuppressWarnings("DoNotCallSuggester")
public final class Clog {
  private Clog() {}

  private static UnsupportedOperationException soon() {
    return new UnsupportedOperationException();
  }

  /// What became of a transaction. Throws NotYet while the page has to be read. To be asked only
  /// after the snapshot, or the process array, said that it is not running.
  public XidStatus status(long xid) {
    throw soon();
  }
}
