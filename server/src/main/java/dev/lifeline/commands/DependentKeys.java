package dev.lifeline.commands;

import dev.lifeline.catalog.BackendCatalog;
import dev.lifeline.catalog.CatalogWriter;
import dev.lifeline.catalog.ForeignKey;
import dev.lifeline.catalog.ForeignKeyWriter;
import dev.lifeline.catalog.Relation;
import dev.lifeline.storage.lmgr.LockMode;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.Severity;
import dev.lifeline.utils.error.SqlState;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/// The foreign keys that depend on something that is to go: a table, a column or an index. They go
/// with it under CASCADE, and keep it from going otherwise.
final class DependentKeys {
  private final CommandContext context;
  private final BackendCatalog catalog;

  DependentKeys(CommandContext context) {
    this.context = context;
    this.catalog = context.catalog();
  }

  /// Those of other tables that refer to one of these tables.
  static List<ForeignKey> ofTables(Collection<Relation> tables) {
    return tables.stream()
        .flatMap(table -> table.referencedBy().stream())
        .filter(key -> tables.stream().noneMatch(table -> table.oid() == key.tableOid()))
        .sorted((a, b) -> Integer.compareUnsigned(a.oid(), b.oid()))
        .toList();
  }

  /// Those that need an index of a table.
  static List<ForeignKey> ofIndex(Relation table, int index) {
    return of(table, key -> key.indexOid() == index);
  }

  /// Those that refer to a column of a table.
  static List<ForeignKey> ofColumn(Relation table, int attnum) {
    return of(table, key -> key.referencedColumns().contains(attnum));
  }

  private static List<ForeignKey> of(Relation table, Predicate<ForeignKey> depends) {
    return table.referencedBy().stream().filter(depends).toList();
  }

  /// `constraint b_a_fkey on table b`.
  String describe(ForeignKey key) {
    Relation table = catalog.byOid(key.tableOid());
    return "constraint " + key.name() + " on table " + (table == null ? "" : visibleName(table));
  }

  private String visibleName(Relation relation) {
    boolean visible = catalog.searchPath(true).contains(relation.namespace());
    return visible ? relation.name() : relation.namespace() + "." + relation.name();
  }

  /// Locks the tables of foreign keys that are to go.
  void lock(Collection<ForeignKey> keys) {
    for (ForeignKey key : keys) {
      catalog.reopen(key.tableOid(), LockMode.ACCESS_EXCLUSIVE);
      catalog.reopen(key.referencedOid(), LockMode.ACCESS_EXCLUSIVE);
    }
  }

  /// Drops those that depend on something, or refuses because of them.
  ///
  /// @param object what is to go, as `column a of table b`
  /// @param reason what they depend on, mostly the same
  void dropWith(
      CatalogWriter writer, List<ForeignKey> keys, boolean cascade, String object, String reason) {
    if (keys.isEmpty()) {
      return;
    }
    if (!cascade) {
      throw PgException.error(
              SqlState.DEPENDENT_OBJECTS_STILL_EXIST,
              "cannot drop %s because other objects depend on it",
              object)
          .detail(
              "%s",
              String.join(
                  "\n", keys.stream().map(key -> describe(key) + " depends on " + reason).toList()))
          .hint("Use DROP ... CASCADE to drop the dependent objects too.");
    }
    lock(keys);
    PgException notice = cascades(keys.stream().map(this::describe).toList());
    writer.steps().add(() -> context.session().notice(notice));
    keys.forEach(key -> new ForeignKeyWriter(writer).drop(key));
  }

  /// Tells what goes along.
  static PgException cascades(List<String> objects) {
    if (objects.size() == 1) {
      return new PgException(
          Severity.NOTICE,
          SqlState.SUCCESSFUL_COMPLETION,
          "drop cascades to " + objects.getFirst());
    }
    return new PgException(
            Severity.NOTICE,
            SqlState.SUCCESSFUL_COMPLETION,
            String.format(Locale.ROOT, "drop cascades to %d other objects", objects.size()))
        .detail(
            "%s", String.join("\n", objects.stream().map(o -> "drop cascades to " + o).toList()));
  }
}
