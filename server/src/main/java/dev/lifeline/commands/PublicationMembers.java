package dev.lifeline.commands;

import dev.lifeline.catalog.BackendCatalog;
import dev.lifeline.catalog.RelKind;
import dev.lifeline.catalog.Relation;
import dev.lifeline.catalog.SystemOids;
import dev.lifeline.parser.tree.PublicationObjSpec;
import dev.lifeline.parser.tree.PublicationTable;
import dev.lifeline.parser.tree.RangeVar;
import dev.lifeline.storage.lmgr.LockMode;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The tables and schemas that a statement about a publication names, found and checked.
///
/// @param tables by their oids
/// @param schemas oids
record PublicationMembers(Map<Integer, Table> tables, List<Integer> schemas) {
  /// A table.
  ///
  /// @param columns the numbers of the columns of its list; empty for none
  /// @param filter the text of its WHERE; null for none
  record Table(Relation relation, List<Integer> columns, @Nullable String filter) {
    Table {
      columns = List.copyOf(columns);
    }
  }

  static PublicationMembers of(CommandContext context, List<PublicationObjSpec> specs) {
    Map<Integer, Table> tables = new LinkedHashMap<>();
    List<Integer> schemas = new ArrayList<>();
    for (PublicationObjSpec spec : specs) {
      switch (spec.pubobjtype()) {
        case TABLE -> addTable(context, Objects.requireNonNull(spec.pubtable()), tables);
        case TABLES_IN_SCHEMA ->
            addSchema(schemas, schema(context, Objects.requireNonNull(spec.name())));
        case TABLES_IN_CUR_SCHEMA -> {
          List<String> path = context.catalog().searchPath(false);
          if (path.isEmpty()) {
            throw PgException.error(
                SqlState.INVALID_SCHEMA_NAME, "no schema has been selected for CURRENT_SCHEMA");
          }
          addSchema(schemas, schema(context, path.getFirst()));
        }
      }
    }
    return new PublicationMembers(tables, schemas);
  }

  private static void addSchema(List<Integer> schemas, int oid) {
    if (!schemas.contains(oid)) {
      schemas.add(oid);
    }
  }

  private static int schema(CommandContext context, String name) {
    int oid = context.namespace(name);
    if (SystemOids.isSystem(oid) && !name.equals("public")) {
      throw PgException.error(
              SqlState.INVALID_PARAMETER_VALUE, "cannot add schema \"%s\" to publication", name)
          .detail("This operation is not supported for system schemas.");
    }
    return oid;
  }

  private static void addTable(
      CommandContext context, PublicationTable table, Map<Integer, Table> tables) {
    BackendCatalog catalog = context.catalog();
    RangeVar name = table.relation();
    context.checkDatabase(name);
    Relation relation =
        catalog.open(name.schemaname(), name.relname(), -1, LockMode.SHARE_UPDATE_EXCLUSIVE);
    check(relation);
    catalog.rights().checkOwner(relation);
    Table before = tables.get(relation.oid());
    if (before != null) {
      refuseTwice(relation, before, table);
      return;
    }
    String filter =
        table.whereClause() == null
            ? null
            : new DefinitionExpressions(context).publicationFilter(table.whereClause(), relation);
    tables.put(relation.oid(), new Table(relation, columns(relation, table.columns()), filter));
  }

  private static void refuseTwice(Relation relation, Table before, PublicationTable table) {
    if (before.filter() != null || table.whereClause() != null) {
      throw PgException.error(
          SqlState.DUPLICATE_OBJECT,
          "conflicting or redundant WHERE clauses for table \"%s\"",
          relation.name());
    }
    if (!before.columns().isEmpty() || !table.columns().isEmpty()) {
      throw PgException.error(
          SqlState.DUPLICATE_OBJECT,
          "conflicting or redundant column lists for table \"%s\"",
          relation.name());
    }
  }

  private static void check(Relation relation) {
    String why =
        relation.kind() != RelKind.TABLE
            ? "This operation is not supported for " + relation.kind().noun() + "s."
            : SystemOids.isSystem(relation.oid())
                ? "This operation is not supported for system tables."
                : switch (relation.persistence()) {
                  case 't' -> "This operation is not supported for temporary tables.";
                  case 'u' -> "This operation is not supported for unlogged tables.";
                  default -> null;
                };
    if (why != null) {
      throw PgException.error(
              SqlState.INVALID_PARAMETER_VALUE,
              "cannot add relation \"%s\" to publication",
              relation.name())
          .detail("%s", why);
    }
  }

  private static List<Integer> columns(Relation relation, List<String> names) {
    List<Integer> columns = new ArrayList<>();
    for (String name : names) {
      Relation.Column column = relation.requireColumn(name);
      if (columns.contains(column.attnum())) {
        throw PgException.error(
            SqlState.DUPLICATE_OBJECT, "duplicate column \"%s\" in publication column list", name);
      }
      columns.add(column.attnum());
    }
    columns.sort(Integer::compare);
    return columns;
  }

  /// A publication with schemas has no column lists.
  void checkColumnLists(String publication, boolean withSchemas) {
    for (Table table : tables.values()) {
      if (withSchemas && !table.columns().isEmpty()) {
        throw PgException.error(
                SqlState.INVALID_PARAMETER_VALUE,
                "cannot use column list for relation \"%s.%s\" in publication \"%s\"",
                table.relation().namespace(),
                table.relation().name(),
                publication)
            .detail(
                "Column lists cannot be specified in publications containing FOR TABLES IN SCHEMA"
                    + " elements.");
      }
    }
  }
}
