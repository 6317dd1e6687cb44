package dev.lifeline.catalog;

import dev.lifeline.catalog.Relation.Column;
import dev.lifeline.catalog.Relation.IndexKey;
import dev.lifeline.catalog.RelationWriter.ColumnSpec;
import dev.lifeline.utils.adt.PgType;
import dev.lifeline.utils.adt.Types;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Creates indexes and constraints: their rows in `pg_index` and `pg_constraint`.
public final class IndexWriter {
  private final CatalogWriter writer;

  public IndexWriter(CatalogWriter writer) {
    this.writer = writer;
  }

  /// An index to be created.
  public record Spec(
      String name, List<IndexKey> keys, boolean unique, boolean primary, List<String> options) {
    public Spec {
      keys = List.copyOf(keys);
      options = List.copyOf(options);
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
      Column column = columns.get(key.attnum() - 1);
      PgType type = Types.get(column.typeOid());
      indexColumns.add(ColumnSpec.plain(column.name(), type, column.typmod(), false));
      attnums.add(key.attnum());
      collations.add(type.collationOid());
      classes.add(BtreeOpClasses.defaultFor(type).oid());
      options.add(
          (key.descending() ? RelationLoader.INDOPTION_DESC : 0)
              | (key.nullsFirst() ? RelationLoader.INDOPTION_NULLS_FIRST : 0));
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
            .set("indnatts", spec.keys().size())
            .set("indnkeyatts", spec.keys().size())
            .set("indisunique", spec.unique())
            .set("indisprimary", spec.primary())
            .set("indimmediate", true)
            .set("indisvalid", true)
            .set("indisready", true)
            .set("indislive", true)
            .set("indkey", attnums)
            .set("indcollation", collations)
            .set("indclass", classes)
            .set("indoption", options));
    return oid;
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
    return oid;
  }

  /// Drops a constraint, and its index where it has one.
  public void dropConstraint(Relation relation, Relation.Constraint constraint) {
    new RelationWriter(writer)
        .deleteAll("pg_constraint", "pg_constraint_oid_index", constraint.oid());
    for (Relation.Index index : relation.indexes()) {
      if (index.oid() == constraint.indexOid()) {
        new RelationWriter(writer).dropIndex(relation.oid(), index);
      }
    }
  }
}
