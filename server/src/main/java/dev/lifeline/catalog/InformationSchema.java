package dev.lifeline.catalog;

import dev.lifeline.utils.adt.FormatType;
import dev.lifeline.utils.adt.PgType;
import dev.lifeline.utils.adt.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The views of `information_schema`, as far as tools ask for them. They tell of what the session's
/// role may use.
final class InformationSchema {
  /// A varchar's or char's typmod is its length and this.
  private static final int HEADER = 4;

  private InformationSchema() {}

  static void register(VirtualTables tables) {
    add(tables, "schemata", InformationSchema::schemata);
    add(tables, "tables", InformationSchema::tables);
    add(tables, "columns", InformationSchema::columns);
    add(tables, "views", InformationSchema::views);
    add(tables, "table_constraints", InformationSchemaConstraints::tableConstraints);
    add(tables, "key_column_usage", InformationSchemaConstraints::keyColumns);
    add(tables, "constraint_column_usage", InformationSchemaConstraints::columnUsage);
    add(tables, "referential_constraints", InformationSchemaConstraints::referentialConstraints);
    add(tables, "sequences", InformationSchemaSequences::sequences);
  }

  private static void add(
      VirtualTables tables,
      String name,
      Function<BackendCatalog, List<Consumer<VirtualRow>>> rows) {
    String qualified = "information_schema." + name;
    tables.register(qualified, new BuiltTable(qualified, rows));
  }

  static String yesNo(boolean value) {
    return value ? "YES" : "NO";
  }

  static String database(BackendCatalog session) {
    return String.valueOf(session.databaseName(session.databaseOid()));
  }

  private static List<Consumer<VirtualRow>> schemata(BackendCatalog session) {
    List<Consumer<VirtualRow>> rows = new ArrayList<>();
    String database = database(session);
    for (CatalogRow namespace : session.reader().scan("pg_namespace", r -> true)) {
      if (session.rights().actsAs(namespace.oid("nspowner"))) {
        String owner = session.roleName(namespace.oid("nspowner"));
        rows.add(row ->
            row.set("catalog_name", database)
                .copy("schema_name", namespace, "nspname")
                .set("schema_owner", owner));
      }
    }
    return rows;
  }

  /// The tables and views that the role may do something with.
  static List<Relation> relations(BackendCatalog session) {
    List<Relation> relations = new ArrayList<>();
    for (CatalogRow row :
        session
            .reader()
            .scan("pg_class", r -> r.letter("relkind") == 'r' || r.letter("relkind") == 'v')) {
      Relation relation = session.byOid(row.oid("oid"));
      if (relation != null && mayUse(session, relation)) {
        relations.add(relation);
      }
    }
    return relations;
  }

  private static boolean mayUse(BackendCatalog session, Relation relation) {
    return Privilege.ofTables().stream()
        .anyMatch(privilege -> session.rights().mayUse(relation, privilege));
  }

  private static List<Consumer<VirtualRow>> tables(BackendCatalog session) {
    List<Consumer<VirtualRow>> rows = new ArrayList<>();
    String database = database(session);
    for (Relation relation : relations(session)) {
      boolean table = relation.kind() == RelKind.TABLE;
      rows.add(row ->
          row.set("table_catalog", database)
              .set("table_schema", relation.namespace())
              .set("table_name", relation.name())
              .set("table_type", table ? "BASE TABLE" : "VIEW")
              .set("is_insertable_into", yesNo(table))
              .set("is_typed", "NO"));
    }
    return rows;
  }

  private static List<Consumer<VirtualRow>> views(BackendCatalog session) {
    List<Consumer<VirtualRow>> rows = new ArrayList<>();
    String database = database(session);
    for (Relation relation : relations(session)) {
      if (relation.viewQuery() != null) {
        rows.add(row ->
            row.set("table_catalog", database)
                .set("table_schema", relation.namespace())
                .set("table_name", relation.name())
                .set("view_definition", SystemViews.definition(session, relation))
                .set("check_option", "NONE")
                .set("is_updatable", "NO")
                .set("is_insertable_into", "NO"));
      }
    }
    return rows;
  }

  private static List<Consumer<VirtualRow>> columns(BackendCatalog session) {
    List<Consumer<VirtualRow>> rows = new ArrayList<>();
    String database = database(session);
    for (Relation relation : relations(session)) {
      for (Relation.Column column : relation.columns()) {
        if (!column.dropped()) {
          CatalogRow identity =
              column.identity() == 0
                  ? null
                  : InformationSchemaSequences.ofIdentity(session, relation, column);
          rows.add(row -> {
            column(row, database, relation, column, session);
            source(session, row, relation, column);
            InformationSchemaSequences.identity(row, column, identity);
          });
        }
      }
    }
    return rows;
  }

  private static void column(
      VirtualRow row,
      String database,
      Relation relation,
      Relation.Column column,
      BackendCatalog session) {
    PgType type = Types.get(column.typeOid());
    UserType own = session.types().find(type.oid());
    boolean table = relation.kind() == RelKind.TABLE;
    row.set("table_catalog", database)
        .set("table_schema", relation.namespace())
        .set("table_name", relation.name())
        .set("column_name", column.name())
        .set("ordinal_position", column.attnum())
        .set("is_nullable", yesNo(!column.notNull()))
        .set("data_type", dataType(type))
        .set("udt_catalog", database)
        .set("udt_schema", own == null ? "pg_catalog" : session.namespaceName(own.namespaceOid()))
        .set("udt_name", own == null ? type.name() : own.name())
        .set("dtd_identifier", Integer.toString(column.attnum()))
        .set("is_self_referencing", "NO")
        .set("is_generated", column.generated() == 0 ? "NEVER" : "ALWAYS")
        .set("is_updatable", yesNo(table));
    lengths(row, type, column.typmod());
  }

  /// Where a column's values come from, if not from an identity.
  private static void source(
      BackendCatalog session, VirtualRow row, Relation relation, Relation.Column column) {
    String kept = column.defaultSource();
    if (kept != null && column.identity() == 0) {
      row.set(
          column.generated() == 0 ? "column_default" : "generation_expression",
          session
              .types()
              .shown(session.catalogs().definitions().expression(session, kept, relation, false)));
    }
  }

  private static String dataType(PgType type) {
    if (type.isArray()) {
      return "ARRAY";
    }
    return type.kind() == 'e' ? "USER-DEFINED" : FormatType.name(type.oid());
  }

  private static void lengths(VirtualRow row, PgType type, int typmod) {
    switch (type.oid()) {
      case Types.VARCHAR, Types.BPCHAR -> {
        if (typmod >= HEADER) {
          row.set("character_maximum_length", typmod - HEADER)
              .set("character_octet_length", (typmod - HEADER) * 4L);
        } else {
          row.set("character_octet_length", 1 << 30);
        }
      }
      case Types.TEXT -> row.set("character_octet_length", 1 << 30);
      case Types.INT2 -> number(row, 16, 2, 0);
      case Types.INT4 -> number(row, 32, 2, 0);
      case Types.INT8 -> number(row, 64, 2, 0);
      case Types.FLOAT4 -> number(row, 24, 2, null);
      case Types.FLOAT8 -> number(row, 53, 2, null);
      case Types.NUMERIC -> {
        row.set("numeric_precision_radix", 10);
        if (typmod >= HEADER) {
          number(row, (typmod - HEADER) >> 16, 10, (typmod - HEADER) & 0x7ff);
        }
      }
      case Types.DATE -> row.set("datetime_precision", 0);
      case Types.TIME, Types.TIMETZ, Types.TIMESTAMP, Types.TIMESTAMPTZ, Types.INTERVAL ->
          row.set("datetime_precision", typmod < 0 ? 6 : typmod & 0xFFFF);
      default -> {
        // The other types have no lengths.
      }
    }
  }

  private static void number(VirtualRow row, int precision, int radix, @Nullable Integer scale) {
    row.set("numeric_precision", precision).set("numeric_precision_radix", radix);
    if (scale != null) {
      row.set("numeric_scale", scale);
    }
  }
}
