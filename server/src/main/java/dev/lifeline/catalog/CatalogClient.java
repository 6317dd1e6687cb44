package dev.lifeline.catalog;

import dev.lifeline.access.transam.Xact;
import dev.lifeline.storage.lmgr.LockOwner;
import dev.lifeline.utils.adt.EvalContext;
import dev.lifeline.utils.guc.GucSession;
import org.jspecify.annotations.Nullable;

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

  /// By what definitions are read and written; null for who does not.
  default @Nullable EvalContext evalContext() {
    return null;
  }

  /// What the session has open, for its views.
  default SessionStatements statements() {
    return SessionStatements.NONE;
  }
}
