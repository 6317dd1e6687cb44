package dev.lifeline.commands;

import dev.lifeline.catalog.BackendCatalog;
import dev.lifeline.catalog.CatalogRow;
import dev.lifeline.catalog.CatalogWriter;
import dev.lifeline.catalog.RelKind;
import dev.lifeline.catalog.Relation;
import dev.lifeline.catalog.RelationWriter;
import dev.lifeline.catalog.Steps;
import dev.lifeline.catalog.SystemOids;
import dev.lifeline.parser.tree.DefElem;
import dev.lifeline.parser.tree.RangeVar;
import dev.lifeline.parser.tree.ReindexStmt;
import dev.lifeline.storage.lmgr.LockMode;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.Severity;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/// REINDEX: builds indexes anew, in files of their own; the old files go at commit.
///
/// The table is locked as DROP INDEX does it: readers have no lock on single indexes, so the old
/// file must not go under them. The indexes of the system catalogs are in files with fixed numbers,
/// and are left out of REINDEX DATABASE and SCHEMA.
final class Reindex {
  private final CommandContext context;
  private final BackendCatalog catalog;

  Reindex(CommandContext context) {
    this.context = context;
    this.catalog = context.catalog();
  }

  private record Options(boolean verbose) {}

  Future<String> run(ReindexStmt statement) {
    Options options = read(statement);
    RangeVar name = statement.relation();
    return switch (statement.kind()) {
      case INDEX -> context.perform(steps -> index(Objects.requireNonNull(name), options, steps));
      case TABLE -> context.perform(steps -> table(Objects.requireNonNull(name), options, steps));
      case SCHEMA -> many(statement, options);
      case DATABASE -> many(statement, options);
      case SYSTEM -> throw PgException.notSupported("REINDEX SYSTEM");
    };
  }

  private static Options read(ReindexStmt statement) {
    boolean verbose = false;
    for (DefElem option : statement.params()) {
      switch (option.defname().toLowerCase(Locale.ROOT)) {
        case "verbose" -> verbose = DefElems.bool(option);
        case "concurrently" -> {
          if (DefElems.bool(option)) {
            throw PgException.notSupported("REINDEX CONCURRENTLY");
          }
        }
        case "tablespace" -> throw PgException.notSupported("REINDEX (TABLESPACE)");
        default ->
            throw PgException.error(
                    SqlState.SYNTAX_ERROR, "unrecognized REINDEX option \"%s\"", option.defname())
                .at(option.location());
      }
    }
    return new Options(verbose);
  }

  private String index(RangeVar name, Options options, Steps steps) {
    Relation relation = catalog.require(name.schemaname(), name.relname(), -1);
    if (relation.kind() != RelKind.INDEX) {
      throw PgException.error(
          SqlState.WRONG_OBJECT_TYPE, "\"%s\" is not an index", relation.name());
    }
    CatalogRow row = catalog.reader().one("pg_index", "pg_index_indexrelid_index", relation.oid());
    Relation table =
        row == null ? null : catalog.reopen(row.oid("indrelid"), LockMode.ACCESS_EXCLUSIVE);
    if (table == null) {
      throw PgException.error(
          SqlState.UNDEFINED_TABLE, "relation \"%s\" does not exist", relation.name());
    }
    check(table);
    for (Relation.Index index : table.indexes()) {
      if (index.oid() == relation.oid()) {
        rebuild(table, List.of(index), options, steps);
      }
    }
    return "REINDEX";
  }

  private void check(Relation table) {
    SystemObjects.refuse(table);
    catalog.rights().checkOwner(table);
  }

  private String table(RangeVar name, Options options, Steps steps) {
    Relation table = catalog.open(name.schemaname(), name.relname(), -1, LockMode.ACCESS_EXCLUSIVE);
    if (table.kind() != RelKind.TABLE) {
      throw PgException.error(
          SqlState.WRONG_OBJECT_TYPE, "\"%s\" is not a table or materialized view", table.name());
    }
    check(table);
    if (table.indexes().isEmpty() && table.toast() == null) {
      context.notice(
          steps,
          SqlState.SUCCESSFUL_COMPLETION,
          "table \"%s\" has no indexes to reindex",
          table.name());
    }
    rebuildAll(table, options, steps);
    return "REINDEX";
  }

  private void rebuildAll(Relation table, Options options, Steps steps) {
    rebuild(table, table.indexes(), options, steps);
    Relation.Toast toast = table.toast();
    Relation values = toast == null ? null : catalog.byOid(toast.oid());
    if (values != null) {
      rebuild(values, values.indexes(), options, steps);
    }
  }

  private void rebuild(Relation table, List<Relation.Index> indexes, Options options, Steps steps) {
    CatalogWriter writer = context.writer(steps);
    for (Relation.Index index : indexes) {
      new RelationWriter(writer).replaceFile(index);
      writer.endCommandWithNames(false);
      new DefineIndex(context).fill(writer, table.oid(), index.oid(), "REINDEX");
      if (options.verbose) {
        PgException info =
            new PgException(
                Severity.INFO,
                SqlState.SUCCESSFUL_COMPLETION,
                "index \"" + index.name() + "\" was reindexed");
        steps.add(() -> context.session().notice(info));
      }
    }
    writer.endCommandWithNames(false);
  }

  /// All tables of a schema or of the database, each in a transaction of its own.
  private Future<String> many(ReindexStmt statement, Options options) {
    context.preventInTransactionBlock("REINDEX " + statement.kind());
    return context
        .drive(() -> targets(statement))
        .compose(tables -> next(tables, 0, options))
        .map(ignored -> "REINDEX");
  }

  private List<Integer> targets(ReindexStmt statement) {
    int namespace = 0;
    String name = statement.name();
    if (statement.kind() == ReindexStmt.Kind.SCHEMA) {
      namespace = context.namespace(String.valueOf(name));
    } else if (name != null && !name.equals(context.session().databaseName())) {
      throw PgException.error(
          SqlState.FEATURE_NOT_SUPPORTED, "can only reindex the currently open database");
    }
    List<Integer> tables = new ArrayList<>();
    for (CatalogRow row :
        catalog
            .reader()
            .scan("pg_class", r -> r.letter("relkind") == 'r' && r.oid("relfilenode") != 0)) {
      Relation table = catalog.byOid(row.oid("oid"));
      if (table != null
          && (namespace == 0 || table.namespaceOid() == namespace)
          && !SystemOids.isSystem(table.oid())
          && catalog.rights().actsAs(table.owner())) {
        tables.add(table.oid());
      }
    }
    return tables;
  }

  private Future<Void> next(List<Integer> tables, int number, Options options) {
    if (number == tables.size()) {
      return Future.succeededFuture();
    }
    return context
        .session()
        .restartTransaction()
        .compose(ignored -> context.perform(steps -> one(tables.get(number), options, steps)))
        .compose(ignored -> next(tables, number + 1, options));
  }

  /// A table may have been dropped since the list was made.
  private String one(int oid, Options options, Steps steps) {
    Relation table = catalog.reopen(oid, LockMode.ACCESS_EXCLUSIVE);
    if (table != null) {
      rebuildAll(table, options, steps);
    }
    return "REINDEX";
  }
}
