package dev.lifeline.catalog;

import dev.lifeline.catalog.Relation.Column;
import dev.lifeline.catalog.Relation.Constraint;
import dev.lifeline.catalog.Relation.Index;
import dev.lifeline.catalog.Relation.IndexKey;
import dev.lifeline.catalog.Relation.KeyExpression;
import dev.lifeline.storage.smgr.RelFileLocator;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Puts a [Relation] together from the rows that describe it.
final class RelationLoader {
  /// `indoption`: the key is in descending order.
  static final int INDOPTION_DESC = 1;

  /// `indoption`: nulls come first.
  static final int INDOPTION_NULLS_FIRST = 2;

  private final CatalogReader reader;

  RelationLoader(CatalogReader reader) {
    this.reader = reader;
  }

  /// The relation, or null where there is none with this oid.
  @Nullable Relation load(int oid) {
    CatalogRow pgClass = reader.one("pg_class", "pg_class_oid_index", oid);
    if (pgClass == null) {
      return null;
    }
    int namespaceOid = pgClass.oid("relnamespace");
    CatalogRow namespace = reader.one("pg_namespace", "pg_namespace_oid_index", namespaceOid);
    RelKind kind = RelKind.of(pgClass.letter("relkind"));
    return new Relation(
        oid,
        pgClass.text("relname"),
        namespaceOid,
        namespace == null ? "" : namespace.text("nspname"),
        kind,
        pgClass.letter("relpersistence"),
        kind == RelKind.VIEW ? null : locator(pgClass),
        columns(oid),
        kind.isTable() && pgClass.bool("relhasindex") ? indexes(oid) : List.of(),
        kind == RelKind.TABLE ? constraints(oid) : List.of(),
        fillfactor(pgClass.texts("reloptions"), 100),
        pgClass.oid("relowner"),
        pgClass.integer("relpages"),
        pgClass.real("reltuples"),
        pgClass.integer("relallvisible"),
        Acl.read(pgClass, "relacl"),
        kind == RelKind.VIEW ? viewQuery(oid) : null,
        kind == RelKind.SEQUENCE ? Sequences.row(oid) : null,
        toast(pgClass.oid("reltoastrelid")),
        kind == RelKind.TABLE ? replication(oid, pgClass) : Relation.Replication.NONE,
        kind == RelKind.TABLE ? StatisticsCatalog.load(reader, oid) : Map.of(),
        kind == RelKind.TABLE && pgClass.bool("relhastriggers") ? referencedBy(oid) : List.of());
  }

  /// By the triggers: `pg_constraint` has no index on the table that is referred to.
  private List<ForeignKey> referencedBy(int oid) {
    List<ForeignKey> keys = new ArrayList<>();
    Set<Integer> seen = new HashSet<>();
    for (CatalogRow row : reader.rows("pg_trigger", "pg_trigger_tgrelid_tgname_index", oid)) {
      int constraint = row.oid("tgconstraint");
      CatalogRow key =
          constraint != 0 && seen.add(constraint)
              ? reader.one("pg_constraint", "pg_constraint_oid_index", constraint)
              : null;
      if (key != null && key.letter("contype") == 'f' && key.oid("confrelid") == oid) {
        keys.add(ForeignKey.of(key));
      }
    }
    keys.sort(Comparator.comparingInt(ForeignKey::oid));
    return keys;
  }

  private Relation.Replication replication(int oid, CatalogRow pgClass) {
    char identity = pgClass.letter("relreplident");
    List<Integer> key = List.of();
    if (identity == 'd' || identity == 'i') {
      String flag = identity == 'd' ? "indisprimary" : "indisreplident";
      for (CatalogRow row : reader.rows("pg_index", "pg_index_indrelid_index", oid)) {
        if (row.bool(flag) && row.bool("indisvalid")) {
          key = row.integers("indkey").subList(0, row.integer("indnkeyatts"));
        }
      }
    }
    boolean published = pgClass.letter("relpersistence") == 'p';
    return new Relation.Replication(
        identity,
        key,
        published ? new Publications(reader).of(oid, pgClass.oid("relnamespace")) : List.of());
  }

  private Relation.@Nullable Toast toast(int oid) {
    CatalogRow pgClass = oid == 0 ? null : reader.one("pg_class", "pg_class_oid_index", oid);
    return pgClass == null
        ? null
        : new Relation.Toast(
            oid, pgClass.text("relname"), locator(pgClass), indexes(oid).getFirst());
  }

  private RelFileLocator locator(CatalogRow pgClass) {
    int database = pgClass.bool("relisshared") ? 0 : reader.databaseOid();
    return new RelFileLocator(database, Integer.toUnsignedLong(pgClass.oid("relfilenode")));
  }

  private List<Column> columns(int oid) {
    Map<Integer, String> defaults = new HashMap<>();
    for (CatalogRow row : reader.rows("pg_attrdef", "pg_attrdef_adrelid_adnum_index", oid)) {
      defaults.put(row.integer("adnum"), row.text("adbin"));
    }
    List<Column> columns = new ArrayList<>();
    for (CatalogRow row : reader.rows("pg_attribute", "pg_attribute_relid_attnum_index", oid)) {
      int attnum = row.integer("attnum");
      if (attnum < 0) {
        continue;
      }
      List<String> missing = row.texts("attmissingval");
      char identity = row.letter("attidentity");
      columns.add(
          new Column(
              row.text("attname"),
              attnum,
              row.oid("atttypid"),
              row.integer("atttypmod"),
              row.bool("attnotnull"),
              identity == 0 ? defaults.get(attnum) : identityDefault(oid, attnum),
              missing.isEmpty() ? null : missing.get(0),
              row.bool("attisdropped"),
              row.letter("attstorage"),
              identity,
              row.letter("attgenerated")));
    }
    columns.sort(Comparator.comparingInt(Column::attnum));
    return columns;
  }

  /// What the sequence of an identity column gives: named by its oid, whatever it is called.
  private @Nullable String identityDefault(int oid, int attnum) {
    for (CatalogRow row :
        reader.rows("pg_depend", "pg_depend_reference_index", SystemOids.PG_CLASS, oid, attnum)) {
      if (row.oid("classid") == SystemOids.PG_CLASS && row.letter("deptype") == 'i') {
        return "nextval('" + Integer.toUnsignedString(row.oid("objid")) + "'::regclass)";
      }
    }
    return null;
  }

  private List<Index> indexes(int oid) {
    List<Index> indexes = new ArrayList<>();
    for (CatalogRow row : reader.rows("pg_index", "pg_index_indrelid_index", oid)) {
      int indexOid = row.oid("indexrelid");
      CatalogRow pgClass = reader.one("pg_class", "pg_class_oid_index", indexOid);
      if (pgClass == null) {
        continue;
      }
      List<Integer> attnums = row.integers("indkey");
      List<Integer> options = row.integers("indoption");
      int keyCount = row.integer("indnkeyatts");
      Iterator<KeyExpression> expressions = expressions(indexOid, attnums, row);
      List<IndexKey> keys = new ArrayList<>();
      for (int i = 0; i < keyCount; i++) {
        keys.add(
            new IndexKey(
                attnums.get(i),
                (options.get(i) & INDOPTION_DESC) != 0,
                (options.get(i) & INDOPTION_NULLS_FIRST) != 0,
                attnums.get(i) == 0 ? expressions.next() : null));
      }
      indexes.add(
          new Index(
              indexOid,
              pgClass.text("relname"),
              locator(pgClass),
              keys,
              row.bool("indisunique"),
              row.bool("indisprimary"),
              row.bool("indisvalid"),
              row.bool("indisready"),
              attnums.subList(keyCount, attnums.size()),
              row.textOrNull("indpred"),
              row.bool("indnullsnotdistinct"),
              fillfactor(pgClass.texts("reloptions"), IndexWriter.FILLFACTOR)));
    }
    indexes.sort(Comparator.comparingInt(Index::oid));
    return indexes;
  }

  private List<Constraint> constraints(int oid) {
    List<Constraint> constraints = new ArrayList<>();
    for (CatalogRow row :
        reader.rows("pg_constraint", "pg_constraint_conrelid_contypid_conname_index", oid)) {
      boolean foreign = row.letter("contype") == 'f';
      constraints.add(
          new Constraint(
              row.oid("oid"),
              row.text("conname"),
              row.letter("contype"),
              row.integers("conkey"),
              row.textOrNull("conbin"),
              foreign ? 0 : row.oid("conindid"),
              foreign ? ForeignKey.of(row) : null));
    }
    // By name, which is the order in which PostgreSQL checks them.
    constraints.sort(Comparator.comparing(Constraint::name));
    return constraints;
  }

  private @Nullable String viewQuery(int oid) {
    CatalogRow rule = reader.one("pg_rewrite", "pg_rewrite_rel_rulename_index", oid, "_RETURN");
    return rule == null ? null : rule.text("ev_action");
  }

  /// The expressions of an index in the order of its keys.
  private Iterator<KeyExpression> expressions(
      int indexOid, List<Integer> attnums, CatalogRow pgIndex) {
    List<KeyExpression> expressions = new ArrayList<>();
    String sources = pgIndex.textOrNull("indexprs");
    if (sources != null) {
      Iterator<String> next = DefinitionTexts.split(sources).iterator();
      for (Column column : columns(indexOid)) {
        if (attnums.get(column.attnum() - 1) == 0) {
          expressions.add(
              new KeyExpression(column.name(), next.next(), column.typeOid(), column.typmod()));
        }
      }
    }
    return expressions.iterator();
  }

  /// The percentage in `reloptions`, or PostgreSQL's default.
  static int fillfactor(List<String> options, int otherwise) {
    for (String option : options) {
      if (option.startsWith("fillfactor=")) {
        return Integer.parseInt(option.substring("fillfactor=".length()));
      }
    }
    return otherwise;
  }
}
