package dev.lifeline.catalog;

import dev.lifeline.access.transam.Xact;
import dev.lifeline.storage.lmgr.LockOwner;
import dev.lifeline.utils.guc.GucSession;

/// What a session tells the catalogs about itself.
public interface CatalogClient {
  int pid();

  int databaseOid();

  /// The role that the session acts as.
  int userOid();

  /// The running transaction.
  Xact xact();

  /// Under whose name the session locks.
  LockOwner lockOwner();

  GucSession gucs();

  /// What the session has open, for its views.
  default SessionStatements statements() {
    return SessionStatements.NONE;
  }
}
