package dev.lifeline.commands;

import dev.lifeline.catalog.BackendCatalog;
import dev.lifeline.catalog.CatalogWriter;
import dev.lifeline.catalog.Privilege;
import dev.lifeline.catalog.RelKind;
import dev.lifeline.catalog.Relation;
import dev.lifeline.catalog.RelationWriter;
import dev.lifeline.catalog.Steps;
import dev.lifeline.parser.tree.RangeVar;
import dev.lifeline.parser.tree.TruncateStmt;
import dev.lifeline.storage.lmgr.LockMode;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.LinkedHashMap;
import java.util.Map;

/// TRUNCATE: the tables and their indexes get new, empty files, and the old ones go when the
/// transaction commits.
final class TruncateTable {
  private final CommandContext context;
  private final BackendCatalog catalog;

  TruncateTable(CommandContext context) {
    this.context = context;
    this.catalog = context.catalog();
  }

  String prepare(TruncateStmt statement, Steps steps) {
    Map<Integer, Relation> tables = new LinkedHashMap<>();
    for (RangeVar name : statement.relations()) {
      context.checkDatabase(name);
      Relation relation =
          catalog.open(
              name.schemaname(), name.relname(), name.location(), LockMode.ACCESS_EXCLUSIVE);
      if (relation.kind() != RelKind.TABLE) {
        throw PgException.error(
            SqlState.WRONG_OBJECT_TYPE, "\"%s\" is not a table", relation.name());
      }
      catalog.checkAccess(relation, Privilege.TRUNCATE);
      SystemObjects.refuse(relation);
      tables.put(relation.oid(), relation);
    }
    CatalogWriter writer = context.writer(steps);
    for (Relation table : tables.values()) {
      new RelationWriter(writer).replaceFiles(table);
      if (statement.restartSeqs()) {
        OwnedSequences.restart(context, writer, table.oid());
      }
    }
    writer.endCommandWithNames(false);
    return "TRUNCATE TABLE";
  }
}
