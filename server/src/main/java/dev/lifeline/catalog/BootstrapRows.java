package dev.lifeline.catalog;

import dev.lifeline.access.transam.Xact;
import dev.lifeline.utils.adt.PgType;
import dev.lifeline.utils.adt.Types;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The rows that are in the catalogs of a new cluster, with PostgreSQL's oids.
final class BootstrapRows {
  static final int DATABASE_OWNER_ROLE = 6171;
  static final int READ_ALL_DATA_ROLE = 6181;
  static final int WRITE_ALL_DATA_ROLE = 6182;

  /// `pg_char_to_encoding('UTF8')`.
  private static final int UTF8 = 6;

  private static final int DEFAULT_TABLESPACE = 1663;

  /// A schema that is there from the beginning.
  ///
  /// @param open whether everybody may use it
  record Schema(int oid, String name, int owner, boolean open) {
    /// Null where nothing was granted.
    @Nullable Acl acl(String superuser) {
      if (!open) {
        return null;
      }
      String name = owner == DATABASE_OWNER_ROLE ? "pg_database_owner" : superuser;
      return Acl.ofOwner(name, Privilege.ofSchemas())
          .grant("", EnumSet.of(Privilege.USAGE), false, name);
    }
  }

  static final List<Schema> SCHEMAS =
      List.of(
          schema(SystemRelations.PG_CATALOG, "pg_catalog", true),
          schema(SystemRelations.PG_TOAST, "pg_toast", false),
          schema(SystemRelations.INFORMATION_SCHEMA, "information_schema", true),
          new Schema(SystemRelations.PUBLIC, "public", DATABASE_OWNER_ROLE, true),
          schema(SystemRelations.LIFELINE, "lifeline", true));

  private static Schema schema(int oid, String name, boolean open) {
    return new Schema(oid, name, SystemOids.BOOTSTRAP_SUPERUSER, open);
  }

  private final CatalogWriter writer;
  private final String superuser;

  BootstrapRows(CatalogWriter writer, String superuser) {
    this.writer = writer;
    this.superuser = superuser;
  }

  /// The roles that PostgreSQL has from the beginning.
  void roles(@Nullable String verifier) {
    writer.insert(
        role(SystemOids.BOOTSTRAP_SUPERUSER, superuser, true)
            .set("rolcanlogin", true)
            .set("rolpassword", verifier));
    role(DATABASE_OWNER_ROLE, "pg_database_owner");
    role(READ_ALL_DATA_ROLE, "pg_read_all_data");
    role(WRITE_ALL_DATA_ROLE, "pg_write_all_data");
    role(3373, "pg_monitor");
    role(3374, "pg_read_all_settings");
    role(3375, "pg_read_all_stats");
    role(3377, "pg_stat_scan_tables");
    role(4569, "pg_read_server_files");
    role(4570, "pg_write_server_files");
    role(4571, "pg_execute_server_program");
    role(4200, "pg_signal_backend");
    role(4544, "pg_checkpoint");
    for (int granted : List.of(3374, 3375, 3377)) {
      writer.insert(
          writer
              .blank("pg_auth_members")
              .oid("roleid", granted)
              .oid("member", 3373)
              .oid("grantor", SystemOids.BOOTSTRAP_SUPERUSER));
    }
  }

  private void role(int oid, String name) {
    writer.insert(role(oid, name, false));
  }

  private CatalogRow role(int oid, String name, boolean all) {
    return writer
        .blank("pg_authid")
        .oid("oid", oid)
        .set("rolname", name)
        .set("rolsuper", all)
        .set("rolinherit", true)
        .set("rolcreaterole", all)
        .set("rolcreatedb", all)
        .set("rolreplication", all)
        .set("rolbypassrls", all)
        .set("rolconnlimit", -1);
  }

  void namespaces() {
    SCHEMAS.forEach(this::namespace);
    comment(SystemOids.PG_NAMESPACE, SystemRelations.PG_CATALOG, "system catalog schema");
    comment(SystemOids.PG_NAMESPACE, SystemRelations.PG_TOAST, "reserved schema for TOAST tables");
    comment(SystemOids.PG_NAMESPACE, SystemRelations.PUBLIC, "standard public schema");
    comment(SystemOids.PG_NAMESPACE, SystemRelations.LIFELINE, "the server's own event log");
    extension();
  }

  /// The members of the extension: the schema `lifeline` and what is in it.
  private void extension() {
    comment(SystemOids.PG_EXTENSION, SystemRelations.LIFELINE_EXTENSION, "what Lifeline adds");
    member(SystemOids.PG_NAMESPACE, SystemRelations.LIFELINE);
    for (CatalogDef def : CatalogDef.all()) {
      if (def.namespaceOid() == SystemRelations.LIFELINE) {
        member(SystemOids.PG_CLASS, def.oid());
      }
    }
  }

  private void member(int classOid, int oid) {
    int extension = SystemRelations.LIFELINE_EXTENSION;
    new DependencyWriter(writer).add(classOid, oid, SystemOids.PG_EXTENSION, extension, 0, 'e');
  }

  private void namespace(Schema schema) {
    CatalogRow row =
        writer
            .blank("pg_namespace")
            .oid("oid", schema.oid)
            .set("nspname", schema.name)
            .oid("nspowner", schema.owner);
    Acl acl = schema.acl(superuser);
    if (acl != null) {
      row.setTexts("nspacl", acl.texts());
    }
    writer.insert(row);
  }

  /// The privileges on a catalog that others may read.
  ///
  /// @param reader empty for everybody
  static Acl readBy(String superuser, String reader) {
    return Acl.ofOwner(superuser, Privilege.ofTables())
        .grant(reader, EnumSet.of(Privilege.SELECT), false, superuser);
  }

  private void comment(int classOid, int oid, String text) {
    writer.insert(
        writer
            .blank("pg_description")
            .oid("objoid", oid)
            .oid("classoid", classOid)
            .set("description", text));
  }

  void database(int oid, String name, boolean template, boolean connections, String comment) {
    CatalogRow row =
        writer
            .blank("pg_database")
            .oid("oid", oid)
            .set("datname", name)
            .oid("datdba", SystemOids.BOOTSTRAP_SUPERUSER)
            .set("encoding", UTF8)
            .set("datlocprovider", 'c')
            .set("datistemplate", template)
            .set("datallowconn", connections)
            .set("datconnlimit", -1)
            .set("datfrozenxid", Xact.FIRST_NORMAL_XID)
            .set("datminmxid", 1)
            .oid("dattablespace", DEFAULT_TABLESPACE)
            .set("datcollate", "C")
            .set("datctype", "C");
    if (template) {
      Acl acl =
          new Acl(List.of())
              .grant("", EnumSet.of(Privilege.CONNECT), false, superuser)
              .grant(superuser, Privilege.ofDatabases(), false, superuser);
      row.setTexts("datacl", acl.texts());
    }
    writer.insert(row);
    writer.insert(
        writer
            .blank("pg_shdescription")
            .oid("objoid", oid)
            .oid("classoid", SystemOids.PG_DATABASE)
            .set("description", comment));
  }

  /// The rows that describe a system catalog, its columns and its indexes.
  void relation(Relation relation) {
    CatalogDef def = Objects.requireNonNull(CatalogDef.find(relation.oid()));
    CatalogRow row =
        classRow(relation.oid(), relation.name(), relation.namespaceOid(), relation.kind())
            .oid("reltype", def.rowType())
            .oid("relfilenode", def.heap() ? relation.oid() : 0)
            .set("relfrozenxid", def.heap() ? Xact.FIRST_NORMAL_XID : 0)
            .set("relminmxid", def.heap() ? 1 : 0)
            .set("relhasindex", !relation.indexes().isEmpty())
            .set("relisshared", def.shared())
            .set("relnatts", relation.columns().size());
    String reader = SystemRelations.reader(def);
    if (reader != null) {
      row.setTexts("relacl", readBy(superuser, reader).texts());
    }
    Relation.Toast toast = relation.toast();
    if (toast != null) {
      row.oid("reltoastrelid", toast.oid());
      toast(toast, def);
    }
    writer.insert(row);
    for (Relation.Column column : relation.columns()) {
      attribute(relation.oid(), column.attnum(), column);
    }
    for (Relation.Index index : relation.indexes()) {
      index(relation.oid(), relation.namespaceOid(), relation.columns(), def, index);
    }
  }

  private void toast(Relation.Toast toast, CatalogDef def) {
    List<Relation.Column> columns = ToastWriter.columns();
    writer.insert(
        classRow(toast.oid(), toast.name(), SystemRelations.PG_TOAST, RelKind.TOAST)
            .oid("relfilenode", toast.oid())
            .set("relhasindex", true)
            .set("relisshared", def.shared())
            .set("relnatts", columns.size()));
    for (Relation.Column column : columns) {
      attribute(toast.oid(), column.attnum(), column);
    }
    index(toast.oid(), SystemRelations.PG_TOAST, columns, def, toast.index());
  }

  private CatalogRow classRow(int oid, String name, int namespaceOid, RelKind kind) {
    int am =
        switch (kind) {
          case TABLE, TOAST -> RelationWriter.HEAP_AM;
          case INDEX -> RelationWriter.BTREE_AM;
          case SEQUENCE, VIEW -> 0;
        };
    return writer
        .blank("pg_class")
        .oid("oid", oid)
        .set("relname", name)
        .oid("relnamespace", namespaceOid)
        .oid("relowner", SystemOids.BOOTSTRAP_SUPERUSER)
        .oid("relam", am)
        .set("reltuples", kind.isTable() ? -1.0 : 0.0)
        .set("relpersistence", 'p')
        .set("relkind", kind.code())
        .set("relhasrules", kind == RelKind.VIEW)
        .set("relispopulated", true)
        .set("relfrozenxid", kind.isTable() ? Xact.FIRST_NORMAL_XID : 0)
        .set("relminmxid", kind.isTable() ? 1 : 0)
        .set("relreplident", 'n');
  }

  private void attribute(int relationOid, int attnum, Relation.Column column) {
    PgType type = Types.get(column.typeOid());
    writer.insert(
        writer
            .blank("pg_attribute")
            .oid("attrelid", relationOid)
            .set("attname", column.name())
            .oid("atttypid", type.oid())
            .set("attstattarget", -1)
            .set("attlen", type.length())
            .set("attnum", attnum)
            .set("attndims", type.isArray() ? 1 : 0)
            .set("attcacheoff", -1)
            .set("atttypmod", -1)
            .set("attbyval", type.byValue())
            .set("attalign", type.align())
            .set("attstorage", column.storage())
            .set("attnotnull", column.notNull())
            .set("attislocal", true)
            .oid("attcollation", type.collationOid()));
  }

  private void index(
      int tableOid,
      int namespaceOid,
      List<Relation.Column> tableColumns,
      CatalogDef def,
      Relation.Index index) {
    writer.insert(
        classRow(index.oid(), index.name(), namespaceOid, RelKind.INDEX)
            .oid("relfilenode", index.oid())
            .set("relisshared", def.shared())
            .set("relnatts", index.keys().size()));
    List<Relation.Column> columns =
        index.keys().stream().map(key -> tableColumns.get(key.attnum() - 1)).toList();
    for (int i = 0; i < columns.size(); i++) {
      attribute(index.oid(), i + 1, columns.get(i));
    }
    List<PgType> types = columns.stream().map(column -> Types.get(column.typeOid())).toList();
    writer.insert(
        writer
            .blank("pg_index")
            .oid("indexrelid", index.oid())
            .oid("indrelid", tableOid)
            .set("indnatts", index.keys().size())
            .set("indnkeyatts", index.keys().size())
            .set("indisunique", index.unique())
            .set("indisprimary", index.primary())
            .set("indimmediate", true)
            .set("indisvalid", true)
            .set("indisready", true)
            .set("indislive", true)
            .set("indkey", index.keys().stream().map(Relation.IndexKey::attnum).toList())
            .set("indcollation", types.stream().map(PgType::collationOid).toList())
            .set("indclass", types.stream().map(t -> BtreeOpClasses.defaultFor(t).oid()).toList())
            .set("indoption", index.keys().stream().map(key -> 0).toList()));
  }
}
