package dev.lifeline.catalog;

import dev.lifeline.catalog.Relation.Column;
import dev.lifeline.catalog.Relation.Index;
import dev.lifeline.catalog.Relation.IndexKey;
import dev.lifeline.storage.smgr.RelFileLocator;
import dev.lifeline.utils.adt.PgType;
import dev.lifeline.utils.adt.Types;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The system catalogs and views of one database as relations. They are the same in all databases
/// and never change, so nothing has to be read to know them: this is where every lookup begins.
final class SystemRelations {
  /// Schema `pg_catalog`.
  static final int PG_CATALOG = 11;

  static final int PG_TOAST = 99;
  static final int INFORMATION_SCHEMA = 13207;
  static final int PUBLIC = 2200;

  /// What PostgreSQL does not have; from the oids that it leaves to others.
  static final int LIFELINE = 8430;

  /// The extension that what PostgreSQL does not have belongs to.
  static final int LIFELINE_EXTENSION = 8432;

  private final Map<String, Relation> byName = new LinkedHashMap<>();
  private final Map<Integer, Relation> byOid = new LinkedHashMap<>();

  SystemRelations(int databaseOid, VirtualTables virtuals) {
    for (CatalogDef def : CatalogDef.all()) {
      VirtualTable virtual = virtuals.find(def.qualifiedName());
      if (def.heap() || virtual != null) {
        Relation relation = relation(def, databaseOid, virtual);
        byName.put(def.qualifiedName(), relation);
        byOid.put(def.oid(), relation);
      }
    }
  }

  @Nullable Relation find(int namespaceOid, String name) {
    return switch (namespaceOid) {
      case PG_CATALOG -> byName.get(name);
      case INFORMATION_SCHEMA -> byName.get("information_schema." + name);
      case LIFELINE -> byName.get("lifeline." + name);
      default -> null;
    };
  }

  @Nullable Relation find(int oid) {
    return byOid.get(oid);
  }

  List<Relation> all() {
    return List.copyOf(byOid.values());
  }

  private static Relation relation(
      CatalogDef def, int databaseOid, @Nullable VirtualTable virtual) {
    int database = def.shared() ? 0 : databaseOid;
    List<Column> columns = new ArrayList<>();
    for (CatalogDef.ColumnDef column : def.columns()) {
      PgType type = type(column.typeName());
      columns.add(
          new Column(
              column.name(),
              columns.size() + 1,
              type.oid(),
              -1,
              column.notNull(),
              null,
              null,
              false,
              type.storage()));
    }
    List<Index> indexes = new ArrayList<>();
    for (CatalogDef.IndexDef index : def.indexes()) {
      List<IndexKey> keys =
          index.columns().stream().map(i -> new IndexKey(i + 1, false, false)).toList();
      indexes.add(
          new Index(
              index.oid(),
              index.name(),
              new RelFileLocator(database, index.oid()),
              keys,
              index.unique(),
              index.primary()));
    }
    return new Relation(
        def.oid(),
        def.name(),
        def.namespaceOid(),
        def.namespaceName(),
        def.kind(),
        'p',
        def.heap() ? new RelFileLocator(database, def.oid()) : null,
        columns,
        indexes,
        List.of(),
        100,
        SystemOids.BOOTSTRAP_SUPERUSER,
        1,
        100,
        0,
        acl(def),
        null,
        virtual,
        toast(def, database),
        Relation.Replication.NONE,
        Map.of(),
        List.of());
  }

  private static Relation.@Nullable Toast toast(CatalogDef def, int database) {
    CatalogDef.ToastDef toast = def.toast();
    if (toast == null) {
      return null;
    }
    String name = ToastNames.of(def.oid());
    return new Relation.Toast(
        toast.oid(),
        name,
        new RelFileLocator(database, toast.oid()),
        new Index(
            toast.indexOid(),
            name + "_index",
            new RelFileLocator(database, toast.indexOid()),
            ToastWriter.KEYS,
            true,
            true));
  }

  /// Everybody may read the catalogs, but for those with passwords in them; the event log tells of
  /// everybody's work, so it is for who may watch the server.
  static @Nullable String acl(CatalogDef def) {
    String reader = reader(def);
    return reader == null ? null : "{" + reader + "=r/postgres}";
  }

  /// The role that may read a catalog, empty for everybody, null for nobody.
  static @Nullable String reader(CatalogDef def) {
    if (def.schema().equals("lifeline")) {
      return "pg_monitor";
    }
    return switch (def.name()) {
      case "pg_authid",
          "pg_shadow",
          "pg_statistic",
          "pg_user_mapping",
          "pg_largeobject",
          "pg_subscription",
          "pg_file_settings",
          "pg_hba_file_rules",
          "pg_ident_file_mappings" ->
          null;
      default -> "";
    };
  }

  /// The type of a catalog's column. An `anyarray`, and what Lifeline has no type for, holds the
  /// text forms of the values.
  static PgType type(String name) {
    PgType type = Objects.requireNonNull(Types.find(name), name);
    if (name.equals("anyarray")) {
      return Types.get(Types.TEXT_ARRAY);
    }
    return type.supported() ? type : Types.get(Types.TEXT);
  }
}
