package dev.lifeline.access.transam;

import dev.lifeline.storage.smgr.Fork;
import dev.lifeline.storage.smgr.RelFileLocator;

/// Makes, drops and truncates the files of relations so that neither an abort nor a crash leaves
/// one too many or one too few, as PostgreSQL's `storage.c` does.
@SuppressWarnings("DoNotCallSuggester")
public final class RelationStorage {
  private RelationStorage() {}

  private static UnsupportedOperationException soon() {
    return new UnsupportedOperationException();
  }

  /// Creates the relation's main fork; it goes when the (sub)transaction aborts. Throws NotYet
  /// until it is there.
  public void create(Xact xact, RelFileLocator rel) {
    throw soon();
  }

  /// All files of the relation go when the transaction commits.
  public void dropAtCommit(Xact xact, RelFileLocator rel) {
    throw soon();
  }

  /// Cuts a fork to this many blocks, now and for good: for vacuum, under an exclusive lock. Throws
  /// NotYet until it is done.
  public void truncate(RelFileLocator rel, Fork fork, int blocks) {
    throw soon();
  }
}
