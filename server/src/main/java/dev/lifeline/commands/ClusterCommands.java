package dev.lifeline.commands;

import dev.lifeline.catalog.BackendCatalog;
import dev.lifeline.catalog.CatalogRow;
import dev.lifeline.catalog.CatalogWriter;
import dev.lifeline.catalog.IndexWriter;
import dev.lifeline.catalog.RelKind;
import dev.lifeline.catalog.Relation;
import dev.lifeline.catalog.Steps;
import dev.lifeline.parser.tree.ClusterStmt;
import dev.lifeline.parser.tree.DefElem;
import dev.lifeline.parser.tree.RangeVar;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// CLUSTER: puts the rows of a table in the order of an index. `pg_index.indisclustered` remembers
/// which one it was.
final class ClusterCommands {
  private final CommandContext context;
  private final BackendCatalog catalog;

  ClusterCommands(CommandContext context) {
    this.context = context;
    this.catalog = context.catalog();
  }

  Future<String> run(ClusterStmt statement) {
    boolean verbose = false;
    for (DefElem option : statement.params()) {
      if (!option.defname().toLowerCase(Locale.ROOT).equals("verbose")) {
        throw VacuumParams.unrecognized("CLUSTER", option);
      }
      verbose = DefElems.bool(option);
    }
    boolean telling = verbose;
    RangeVar name = statement.relation();
    if (name != null) {
      return context
          .drive(() -> target(name, statement.indexname()))
          .compose(target -> cluster(target, telling))
          .map(ignored -> "CLUSTER");
    }
    context.preventInTransactionBlock("CLUSTER");
    return context
        .drive(this::targets)
        .compose(targets -> next(targets, 0, telling))
        .map(ignored -> "CLUSTER");
  }

  /// A table that is locked, and the index to order it by.
  private record Target(Relation table, Relation.Index index) {}

  private Target target(RangeVar name, @Nullable String indexName) {
    context.checkDatabase(name);
    Relation table = catalog.open(name.schemaname(), name.relname(), -1, RewriteTable.LOCK);
    if (table.kind() != RelKind.TABLE) {
      throw PgException.error(
          SqlState.WRONG_OBJECT_TYPE, "\"%s\" is not a table or materialized view", table.name());
    }
    catalog.rights().checkOwner(table);
    Relation.Index index = indexName == null ? marked(table) : indexOf(catalog, table, indexName);
    if (index == null) {
      throw PgException.error(
          SqlState.UNDEFINED_OBJECT,
          "there is no previously clustered index for table \"%s\"",
          table.name());
    }
    check(table, index);
    return new Target(table, index);
  }

  private static void check(Relation table, Relation.Index index) {
    if (table.file().dbOid() == 0) {
      throw PgException.error(SqlState.FEATURE_NOT_SUPPORTED, "cannot cluster a shared catalog");
    }
    checkIndex(index);
    RewriteTable.refuseSystem("CLUSTER", table);
  }

  /// The index of the table that has this name.
  static Relation.Index indexOf(BackendCatalog catalog, Relation table, String name) {
    Relation found = catalog.find(table.namespaceOid(), name);
    if (found == null) {
      throw PgException.error(
          SqlState.UNDEFINED_OBJECT,
          "index \"%s\" for table \"%s\" does not exist",
          name,
          table.name());
    }
    return table.indexes().stream()
        .filter(index -> index.oid() == found.oid())
        .findFirst()
        .orElseThrow(() ->
            PgException.error(
                SqlState.WRONG_OBJECT_TYPE,
                "\"%s\" is not an index for table \"%s\"",
                name,
                table.name()));
  }

  /// Refuses an index that does not lead to all rows.
  static void checkIndex(Relation.Index index) {
    if (index.predicate() != null) {
      throw PgException.error(
          SqlState.FEATURE_NOT_SUPPORTED, "cannot cluster on partial index \"%s\"", index.name());
    }
    if (!index.valid()) {
      throw PgException.error(
          SqlState.FEATURE_NOT_SUPPORTED, "cannot cluster on invalid index \"%s\"", index.name());
    }
  }

  /// The index by which the table was clustered the last time.
  private Relation.@Nullable Index marked(Relation table) {
    for (CatalogRow row :
        catalog.reader().rows("pg_index", "pg_index_indrelid_index", table.oid())) {
      if (row.bool("indisclustered")) {
        int oid = row.oid("indexrelid");
        return table.indexes().stream().filter(i -> i.oid() == oid).findFirst().orElse(null);
      }
    }
    return null;
  }

  /// All tables that were clustered before and that the role owns.
  private List<Integer> targets() {
    List<Integer> tables = new ArrayList<>();
    for (CatalogRow row : catalog.reader().scan("pg_index", r -> r.bool("indisclustered"))) {
      Relation table = catalog.byOid(row.oid("indrelid"));
      if (table != null && catalog.rights().actsAs(table.owner())) {
        tables.add(table.oid());
      }
    }
    return tables;
  }

  /// Each in a transaction of its own, so that the locks do not pile up.
  private Future<Void> next(List<Integer> tables, int number, boolean verbose) {
    if (number == tables.size()) {
      return Future.succeededFuture();
    }
    return context
        .session()
        .restartTransaction()
        .compose(ignored -> context.drive(() -> reopen(tables.get(number))))
        .compose(found ->
            found.isEmpty() ? Future.<Void>succeededFuture() : cluster(found.getFirst(), verbose))
        .compose(ignored -> next(tables, number + 1, verbose));
  }

  /// A table may have been dropped, or be clustered no more, since the list was made.
  private List<Target> reopen(int oid) {
    Relation table = catalog.reopen(oid, RewriteTable.LOCK);
    Relation.Index index = table == null ? null : marked(table);
    if (index == null) {
      return List.of();
    }
    check(Objects.requireNonNull(table), index);
    return List.of(new Target(table, index));
  }

  private Future<Void> cluster(Target target, boolean verbose) {
    Steps steps = new Steps();
    CatalogWriter writer = context.writer(steps);
    new IndexWriter(writer).markClustered(target.table, target.index.oid());
    writer.endCommand(target.table.oid());
    return context
        .finish(steps)
        .compose(ignored ->
            new RewriteTable(context, "CLUSTER", verbose).run(target.table, target.index))
        .mapEmpty();
  }
}
