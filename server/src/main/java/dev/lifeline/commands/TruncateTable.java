package dev.lifeline.commands;

import dev.lifeline.access.transam.LoggedTable;
import dev.lifeline.access.transam.LogicalRecords;
import dev.lifeline.catalog.BackendCatalog;
import dev.lifeline.catalog.CatalogWriter;
import dev.lifeline.catalog.ForeignKey;
import dev.lifeline.catalog.Privilege;
import dev.lifeline.catalog.RelKind;
import dev.lifeline.catalog.Relation;
import dev.lifeline.catalog.RelationWriter;
import dev.lifeline.catalog.Steps;
import dev.lifeline.executor.StoredTable;
import dev.lifeline.parser.tree.DropBehavior;
import dev.lifeline.parser.tree.RangeVar;
import dev.lifeline.parser.tree.TruncateStmt;
import dev.lifeline.storage.lmgr.LockMode;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
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
    if (statement.behavior() == DropBehavior.CASCADE) {
      addReferring(tables, steps);
    } else {
      refuseReferenced(tables);
    }
    tables.values().forEach(table -> context.refusePending(table, "TRUNCATE"));
    CatalogWriter writer = context.writer(steps);
    logForDecoding(statement, tables.values(), writer);
    for (Relation table : tables.values()) {
      new RelationWriter(writer).replaceFiles(table);
      if (statement.restartSeqs()) {
        OwnedSequences.restart(context, writer, table.oid());
      }
    }
    writer.endCommandWithNames(false);
    return "TRUNCATE TABLE";
  }

  /// CASCADE takes along all tables that refer to one of them, also indirectly.
  private void addReferring(Map<Integer, Relation> tables, Steps steps) {
    List<Relation> found = new ArrayList<>(tables.values());
    for (int i = 0; i < found.size(); i++) {
      for (ForeignKey key : found.get(i).referencedBy()) {
        if (tables.containsKey(key.tableOid())) {
          continue;
        }
        Relation table = catalog.reopen(key.tableOid(), LockMode.ACCESS_EXCLUSIVE);
        if (table != null) {
          context.notice(
              steps,
              SqlState.SUCCESSFUL_COMPLETION,
              "truncate cascades to table \"%s\"",
              table.name());
          catalog.checkAccess(table, Privilege.TRUNCATE);
          tables.put(table.oid(), table);
          found.add(table);
        }
      }
    }
  }

  private void refuseReferenced(Map<Integer, Relation> tables) {
    for (Relation table : tables.values()) {
      for (ForeignKey key : table.referencedBy()) {
        Relation referring = catalog.byOid(key.tableOid());
        if (referring != null && !tables.containsKey(key.tableOid())) {
          throw PgException.error(
                  SqlState.FEATURE_NOT_SUPPORTED,
                  "cannot truncate a table referenced in a foreign key constraint")
              .detail("Table \"%s\" references \"%s\".", referring.name(), table.name())
              .hint(
                  "Truncate table \"%s\" at the same time, or use TRUNCATE ... CASCADE.",
                  referring.name());
        }
      }
    }
  }

  /// The new files say nothing of what was in the old ones, so decoding has to be told.
  private void logForDecoding(
      TruncateStmt statement, Collection<Relation> tables, CatalogWriter writer) {
    if (!catalog.catalogs().shared().wal().isLogical()) {
      return;
    }
    List<LoggedTable> logged = new ArrayList<>();
    for (Relation table : tables) {
      LoggedTable one =
          new StoredTable(
                  table, new CatalogStorage(catalog), catalog, context.session().evalContext())
              .logged();
      if (one != null) {
        logged.add(one);
      }
    }
    if (logged.isEmpty()) {
      return;
    }
    int flags =
        (statement.behavior() == DropBehavior.CASCADE ? LogicalRecords.TRUNCATE_CASCADE : 0)
            | (statement.restartSeqs() ? LogicalRecords.TRUNCATE_RESTART_SEQS : 0);
    for (LoggedTable one : logged) {
      writer.steps().add(() -> writer.xact().willChange(one));
    }
    writer
        .steps()
        .add(() ->
            writer.xact().logTruncate(flags, logged.stream().map(LoggedTable::file).toList()));
  }
}
