package dev.lifeline.catalog;

import dev.lifeline.catalog.Relation.Column;
import dev.lifeline.catalog.Relation.IndexKey;
import dev.lifeline.catalog.RelationWriter.ColumnSpec;
import dev.lifeline.utils.adt.PgType;
import dev.lifeline.utils.adt.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Creates indexes and constraints: their rows in `pg_index` and `pg_constraint`.
public final class IndexWriter {
  /// PostgreSQL's default of `fillfactor` for B-trees.
  static final int FILLFACTOR = 90;

  private final CatalogWriter writer;

  public IndexWriter(CatalogWriter writer) {
    this.writer = writer;
  }

  /// An index to be created.
  ///
  /// @param included the numbers of the columns that INCLUDE names
  /// @param predicate the text of the condition of a partial one, or null
  /// @param valid false for one that is built in several transactions
  public record Spec(
      String name,
      List<IndexKey> keys,
      boolean unique,
      boolean primary,
      List<String> options,
      List<Integer> included,
      @Nullable String predicate,
      boolean nullsNotDistinct,
      boolean valid) {
    public Spec {
      keys = List.copyOf(keys);
      options = List.copyOf(options);
      included = List.copyOf(included);
    }

    /// One on columns, of all rows.
    public Spec(
        String name, List<IndexKey> keys, boolean unique, boolean primary, List<String> options) {
      this(name, keys, unique, primary, options, List.of(), null, false, true);
    }
  }

  /// Creates an empty index.
  ///
  /// @param columns those of the table
  /// @return its oid
  public int create(
      int tableOid,
      int namespaceOid,
      int owner,
      char persistence,
      List<Column> columns,
      Spec spec) {
    List<ColumnSpec> indexColumns = new ArrayList<>();
    List<Integer> attnums = new ArrayList<>();
    List<Integer> collations = new ArrayList<>();
    List<Integer> classes = new ArrayList<>();
    List<Integer> options = new ArrayList<>();
    for (IndexKey key : spec.keys()) {
      ColumnSpec column = indexColumn(columns, key);
      PgType type = column.type();
      indexColumns.add(column);
      attnums.add(key.attnum());
      collations.add(type.collationOid());
      classes.add(BtreeOpClasses.defaultFor(type).oid());
      options.add(
          (key.descending() ? RelationLoader.INDOPTION_DESC : 0)
              | (key.nullsFirst() ? RelationLoader.INDOPTION_NULLS_FIRST : 0));
    }
    for (int attnum : spec.included()) {
      indexColumns.add(indexColumn(columns, new IndexKey(attnum, false, false)));
      attnums.add(attnum);
    }
    int oid =
        new RelationWriter(writer)
            .create(
                new RelationWriter.Spec(
                    spec.name(),
                    namespaceOid,
                    RelKind.INDEX,
                    persistence,
                    owner,
                    indexColumns,
                    spec.options()));
    writer.insert(
        writer
            .blank("pg_index")
            .oid("indexrelid", oid)
            .oid("indrelid", tableOid)
            .set("indnatts", attnums.size())
            .set("indnkeyatts", spec.keys().size())
            .set("indisunique", spec.unique())
            .set("indisprimary", spec.primary())
            .set("indimmediate", true)
            .set("indnullsnotdistinct", spec.nullsNotDistinct())
            .set("indisvalid", spec.valid())
            .set("indisready", spec.valid())
            .set("indislive", true)
            .set("indkey", attnums)
            .set("indcollation", collations)
            .set("indclass", classes)
            .set("indoption", options)
            .set("indexprs", expressions(spec))
            .set("indpred", spec.predicate()));
    return oid;
  }

  private static ColumnSpec indexColumn(List<Column> columns, IndexKey key) {
    Relation.KeyExpression expression = key.expression();
    if (expression != null) {
      return ColumnSpec.plain(
          expression.name(), Types.get(expression.typeOid()), expression.typmod(), false);
    }
    Column column = columns.get(key.attnum() - 1);
    return ColumnSpec.plain(column.name(), Types.get(column.typeOid()), column.typmod(), false);
  }

  private static @Nullable String expressions(Spec spec) {
    List<String> sources = new ArrayList<>();
    for (IndexKey key : spec.keys()) {
      Relation.KeyExpression expression = key.expression();
      if (expression != null) {
        sources.add(expression.source());
      }
    }
    return sources.isEmpty() ? null : String.join(", ", sources);
  }

  /// Creates a constraint.
  ///
  /// @param type `c`, `p` or `u`
  /// @param indexOid what enforces it, or 0
  public int createConstraint(
      int tableOid,
      int namespaceOid,
      String name,
      char type,
      List<Integer> columns,
      @Nullable String checkSource,
      int indexOid) {
    int oid = writer.newOid();
    CatalogRow row =
        writer
            .blank("pg_constraint")
            .oid("oid", oid)
            .set("conname", name)
            .oid("connamespace", namespaceOid)
            .set("contype", type)
            .set("convalidated", true)
            .oid("conrelid", tableOid)
            .oid("conindid", indexOid)
            .set("confupdtype", ' ')
            .set("confdeltype", ' ')
            .set("confmatchtype", ' ')
            .set("conislocal", true)
            .set("connoinherit", type != 'c')
            .set("conbin", checkSource);
    if (!columns.isEmpty()) {
      row.set("conkey", columns);
    }
    writer.insert(row);
    DependencyWriter dependencies = new DependencyWriter(writer);
    for (int attnum : columns) {
      dependencies.add(SystemOids.PG_CONSTRAINT, oid, SystemOids.PG_CLASS, tableOid, attnum, 'a');
    }
    if (indexOid != 0) {
      dependencies.add(SystemOids.PG_CLASS, indexOid, SystemOids.PG_CONSTRAINT, oid, 0, 'i');
    }
    return oid;
  }

  /// Drops a constraint, and its index where it has one.
  public void dropConstraint(Relation relation, Relation.Constraint constraint) {
    writer.deleteAll("pg_constraint", "pg_constraint_oid_index", constraint.oid());
    new DependencyWriter(writer).removeFrom(SystemOids.PG_CONSTRAINT, constraint.oid());
    for (Relation.Index index : relation.indexes()) {
      if (index.oid() == constraint.indexOid()) {
        new RelationWriter(writer).dropIndex(relation.oid(), index);
      }
    }
  }

  /// A column of the table has another type, and with it the indexes whose keys it is in.
  public void setType(Relation table, int attnum, PgType type, int typmod) {
    RelationWriter relations = new RelationWriter(writer);
    for (Relation.Index index : table.indexes()) {
      List<Integer> columns = new ArrayList<>();
      index.keys().forEach(key -> columns.add(key.attnum()));
      columns.addAll(index.included());
      for (int i = 0; i < columns.size(); i++) {
        if (columns.get(i) == attnum) {
          relations.setColumnType(index.oid(), i + 1, type, typmod);
        }
      }
      if (index.keys().stream().anyMatch(key -> key.attnum() == attnum)) {
        setClass(index, attnum, type);
      }
    }
  }

  private void setClass(Relation.Index index, int attnum, PgType type) {
    writer
        .steps()
        .add(() -> {
          CatalogRow found =
              writer.catalog().reader().one("pg_index", "pg_index_indexrelid_index", index.oid());
          CatalogRow row = Objects.requireNonNull(found).copy();
          List<Integer> classes = new ArrayList<>(row.integers("indclass"));
          List<Integer> collations = new ArrayList<>(row.integers("indcollation"));
          for (int i = 0; i < index.keys().size(); i++) {
            if (index.keys().get(i).attnum() == attnum) {
              classes.set(i, BtreeOpClasses.defaultFor(type).oid());
              collations.set(i, type.collationOid());
            }
          }
          writer.update(row.set("indclass", classes).set("indcollation", collations));
        });
  }

  /// Remembers by which index a table is clustered.
  ///
  /// @param indexOid 0 for none
  public void markClustered(Relation table, int indexOid) {
    writer
        .steps()
        .add(() -> {
          for (CatalogRow row :
              writer.catalog().reader().rows("pg_index", "pg_index_indrelid_index", table.oid())) {
            boolean clustered = row.oid("indexrelid") == indexOid;
            if (row.bool("indisclustered") != clustered) {
              writer.update(row.copy().set("indisclustered", clustered));
            }
          }
        });
  }
}
