package dev.lifeline.commands;

import dev.lifeline.catalog.BackendCatalog;
import dev.lifeline.catalog.CatalogWriter;
import dev.lifeline.catalog.IndexWriter;
import dev.lifeline.catalog.RelKind;
import dev.lifeline.catalog.Relation;
import dev.lifeline.catalog.RelationWriter;
import dev.lifeline.catalog.Steps;
import dev.lifeline.parser.tree.Expr;
import dev.lifeline.parser.tree.IndexStmt;
import dev.lifeline.storage.lmgr.LockMode;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import dev.lifeline.utils.guc.Gucs;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// CREATE INDEX, and the indexes behind keys that are added to a table.
final class DefineIndex {
  private final CommandContext context;
  private final BackendCatalog catalog;

  DefineIndex(CommandContext context) {
    this.context = context;
    this.catalog = context.catalog();
  }

  String prepare(IndexStmt statement, Steps steps) {
    refuseUnknownForms(statement);
    Relation table =
        catalog.open(
            statement.relation().schemaname(), statement.relation().relname(), -1, LockMode.SHARE);
    check(table);
    context.checkCreatePrivilege(table.namespaceOid());
    DefinitionExpressions expressions = new DefinitionExpressions(context);
    List<Relation.IndexKey> keys = IndexKeys.ofIndex(table, statement.indexParams(), expressions);
    List<Integer> included = IndexKeys.included(table.columns(), statement.indexIncludingParams());
    Expr where = statement.whereClause();
    String predicate = where == null ? null : expressions.indexPredicate(where, table);
    String name = statement.idxname();
    if (name == null) {
      name =
          ObjectNames.choose(
              table.name(),
              IndexKeys.joinedNames(table.columns(), keys, included),
              "idx",
              n -> catalog.find(table.namespaceOid(), n) != null);
    } else if (catalog.find(table.namespaceOid(), name) != null) {
      if (!statement.ifNotExists()) {
        throw CreateTable.duplicate(name);
      }
      context.notice(
          steps, SqlState.DUPLICATE_TABLE, "relation \"%s\" already exists, skipping", name);
      return "CREATE INDEX";
    }
    CatalogWriter writer = context.writer(steps);
    create(
        writer,
        table,
        new IndexWriter.Spec(
            name,
            keys,
            statement.unique(),
            false,
            StorageOptions.ofIndex(statement.options()),
            included,
            predicate,
            statement.nullsNotDistinct(),
            true));
    writer.endCommandWithNames(false);
    return "CREATE INDEX";
  }

  private void refuseUnknownForms(IndexStmt statement) {
    if (statement.concurrent()) {
      context.preventInTransactionBlock("CREATE INDEX CONCURRENTLY");
      throw PgException.notSupported("CREATE INDEX CONCURRENTLY");
    }
    if (!statement.accessMethod().equals("btree")) {
      if (List.of("hash", "gist", "gin", "spgist", "brin").contains(statement.accessMethod())) {
        throw PgException.notSupported("access method \"" + statement.accessMethod() + "\"");
      }
      throw PgException.error(
          SqlState.UNDEFINED_OBJECT,
          "access method \"%s\" does not exist",
          statement.accessMethod());
    }
    CreateTable.refuseTablespace(statement.tableSpace());
  }

  private void check(Relation table) {
    if (table.kind() != RelKind.TABLE) {
      throw PgException.error(
              SqlState.WRONG_OBJECT_TYPE, "cannot create index on relation \"%s\"", table.name())
          .detail("This operation is not supported for %ss.", table.kind().noun());
    }
    SystemObjects.refuse(table);
    catalog.rights().checkOwner(table);
  }

  /// Adds the steps that create an index of an existing table and fill it.
  ///
  /// @return its oid
  int create(CatalogWriter writer, Relation table, IndexWriter.Spec spec) {
    int oid =
        new IndexWriter(writer)
            .create(
                table.oid(),
                table.namespaceOid(),
                table.owner(),
                table.persistence(),
                table.columns(),
                spec);
    writer.endCommand();
    if (table.indexes().isEmpty()) {
      // Others may be creating its first one, too.
      new RelationWriter(writer)
          .updateClassInTurn(table.oid(), row -> row.set("relhasindex", true));
    }
    writer.endCommandWithNames(false);
    fill(writer, table.oid(), oid, "CREATE INDEX");
    return oid;
  }

  /// Adds the steps that fill an index that is new and empty.
  ///
  /// @param command as its progress is shown under; null where it is a part of another command
  void fill(CatalogWriter writer, int tableOid, int indexOid, @Nullable String command) {
    writer.steps().add(() -> build(writer.steps(), writer, tableOid, indexOid, command));
  }

  private void build(
      Steps steps, CatalogWriter writer, int tableOid, int indexOid, @Nullable String command) {
    Relation table = Objects.requireNonNull(catalog.byOid(tableOid));
    for (Relation.Index index : table.indexes()) {
      if (index.oid() == indexOid) {
        long memoryMax = context.session().gucs().get(Gucs.MAINTENANCE_WORK_MEM) * 1024L;
        IndexBuild build = new IndexBuild(context, table, index, memoryMax, command);
        steps.add(build);
        steps.add(() -> updateStatistics(writer, table, index, build));
      }
    }
  }

  /// What the planner should know now: it has just been counted.
  private void updateStatistics(
      CatalogWriter writer, Relation table, Relation.Index index, IndexBuild build) {
    int tablePages = catalog.table(table).blocks();
    int indexPages = catalog.index(table, index).blocks();
    RelationWriter relations = new RelationWriter(writer);
    relations.updateClass(
        index.oid(),
        row -> row.set("relpages", indexPages).set("reltuples", (double) build.rows()));
    relations.updateClassInTurn(
        table.oid(),
        row -> {
          row.set("relpages", tablePages);
          if (index.predicate() == null) {
            row.set("reltuples", (double) build.rows());
          }
        });
    writer.endCommand(table.oid(), index.oid());
  }
}
