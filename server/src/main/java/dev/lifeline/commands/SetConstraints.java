package dev.lifeline.commands;

import dev.lifeline.access.transam.Xact;
import dev.lifeline.catalog.BackendCatalog;
import dev.lifeline.catalog.CatalogRow;
import dev.lifeline.executor.SessionContext;
import dev.lifeline.executor.trigger.AfterTriggers;
import dev.lifeline.parser.tree.ConstraintsSetStmt;
import dev.lifeline.parser.tree.RangeVar;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.Severity;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;

/// SET CONSTRAINTS: says when the transaction checks its deferrable constraints, and checks at once
/// what it has put off and should not have.
final class SetConstraints {
  private final CommandContext context;
  private final BackendCatalog catalog;

  SetConstraints(CommandContext context) {
    this.context = context;
    this.catalog = context.catalog();
  }

  Future<String> run(ConstraintsSetStmt statement) {
    SessionContext session = context.session();
    if (!session.inTransactionBlock()) {
      session.notice(
          new PgException(
              Severity.WARNING,
              SqlState.NO_ACTIVE_SQL_TRANSACTION,
              "SET CONSTRAINTS can only be used in transaction blocks"));
    }
    return context
        .drive(() -> constraints(statement))
        .compose(oids -> {
          Xact xact = session.xact();
          AfterTriggers triggers = AfterTriggers.of(xact);
          if (statement.constraints().isEmpty()) {
            triggers.setAll(xact, statement.deferred());
          } else {
            oids.forEach(oid -> triggers.set(xact, oid, statement.deferred()));
          }
          return context.drive(() -> {
            triggers.fireDue(session);
            return "SET CONSTRAINTS";
          });
        });
  }

  private List<Integer> constraints(ConstraintsSetStmt statement) {
    List<Integer> oids = new ArrayList<>();
    for (RangeVar name : statement.constraints()) {
      context.checkDatabase(name);
      oids.addAll(find(name));
    }
    return oids;
  }

  /// All constraints of that name in the first schema that has one.
  private List<Integer> find(RangeVar name) {
    List<Integer> schemas = new ArrayList<>();
    if (name.schemaname() != null) {
      schemas.add(context.namespace(name.schemaname()));
    } else {
      catalog.searchPath(true).forEach(schema -> schemas.add(catalog.namespaceOid(schema)));
    }
    for (int schema : schemas) {
      List<CatalogRow> rows =
          catalog
              .reader()
              .rows("pg_constraint", "pg_constraint_conname_nsp_index", name.relname(), schema);
      if (rows.isEmpty()) {
        continue;
      }
      List<Integer> found = new ArrayList<>();
      for (CatalogRow row : rows) {
        if (!row.bool("condeferrable")) {
          throw PgException.error(
              SqlState.WRONG_OBJECT_TYPE, "constraint \"%s\" is not deferrable", name.relname());
        }
        found.add(row.oid("oid"));
      }
      return found;
    }
    throw PgException.error(
        SqlState.UNDEFINED_OBJECT, "constraint \"%s\" does not exist", name.relname());
  }
}
