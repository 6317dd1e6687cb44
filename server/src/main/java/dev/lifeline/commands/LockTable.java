package dev.lifeline.commands;

import dev.lifeline.catalog.BackendCatalog;
import dev.lifeline.catalog.Privilege;
import dev.lifeline.catalog.RelKind;
import dev.lifeline.catalog.Relation;
import dev.lifeline.parser.tree.LockStmt;
import dev.lifeline.parser.tree.RangeVar;
import dev.lifeline.storage.lmgr.LockMode;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.List;

/// LOCK TABLE.
final class LockTable {
  /// By PostgreSQL's numbers, from 1.
  private static final List<LockMode> MODES = List.of(LockMode.values());

  private final CommandContext context;
  private final BackendCatalog catalog;

  LockTable(CommandContext context) {
    this.context = context;
    this.catalog = context.catalog();
  }

  String prepare(LockStmt statement) {
    if (!context.session().inTransactionBlock()) {
      throw PgException.error(
          SqlState.NO_ACTIVE_SQL_TRANSACTION, "LOCK TABLE can only be used in transaction blocks");
    }
    LockMode mode = MODES.get(statement.mode() - 1);
    for (RangeVar name : statement.relations()) {
      Relation relation = catalog.require(name.schemaname(), name.relname(), name.location());
      if (relation.kind() != RelKind.TABLE && relation.kind() != RelKind.VIEW) {
        throw PgException.error(
            SqlState.WRONG_OBJECT_TYPE, "\"%s\" is not a table or view", relation.name());
      }
      checkRight(relation, mode);
      if (statement.nowait()) {
        if (!catalog.tryLock(relation.oid(), mode)) {
          throw PgException.error(
              SqlState.LOCK_NOT_AVAILABLE,
              "could not obtain lock on relation \"%s\"",
              relation.name());
        }
      } else {
        catalog.open(name.schemaname(), name.relname(), name.location(), mode);
      }
    }
    return "LOCK TABLE";
  }

  private void checkRight(Relation relation, LockMode mode) {
    boolean allowed =
        catalog.rights().mayUse(relation, Privilege.UPDATE)
            || catalog.rights().mayUse(relation, Privilege.DELETE)
            || catalog.rights().mayUse(relation, Privilege.TRUNCATE)
            || (mode == LockMode.ACCESS_SHARE
                && catalog.rights().mayUse(relation, Privilege.SELECT))
            || (mode.compareTo(LockMode.ROW_EXCLUSIVE) <= 0
                && catalog.rights().mayUse(relation, Privilege.INSERT));
    if (!allowed) {
      catalog.checkAccess(relation, Privilege.UPDATE);
    }
  }
}
