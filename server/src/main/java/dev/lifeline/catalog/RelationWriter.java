package dev.lifeline.catalog;

import dev.lifeline.catalog.Relation.Column;
import dev.lifeline.storage.smgr.RelFileLocator;
import dev.lifeline.utils.adt.PgType;
import dev.lifeline.utils.adt.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Creates, drops and changes relations: their files and their rows in `pg_class`, `pg_attribute`
/// and `pg_attrdef`. What is checked before (names, rights, locks) is the commands' business.
public final class RelationWriter {
  static final int HEAP_AM = 2;
  static final int BTREE_AM = 403;

  private final CatalogWriter writer;
  private final DependencyWriter dependencies;

  public RelationWriter(CatalogWriter writer) {
    this.writer = writer;
    this.dependencies = new DependencyWriter(writer);
  }

  /// A relation to be created.
  ///
  /// @param options `reloptions`, e.g. `fillfactor=90`
  /// @param toastOptions those of the table with its long values, where it gets one
  public record Spec(
      String name,
      int namespaceOid,
      RelKind kind,
      char persistence,
      int owner,
      List<ColumnSpec> columns,
      List<String> options,
      List<String> toastOptions) {
    public Spec {
      columns = List.copyOf(columns);
      options = List.copyOf(options);
      toastOptions = List.copyOf(toastOptions);
    }

    /// One without long values, or without options for them.
    public Spec(
        String name,
        int namespaceOid,
        RelKind kind,
        char persistence,
        int owner,
        List<ColumnSpec> columns,
        List<String> options) {
      this(name, namespaceOid, kind, persistence, owner, columns, options, List.of());
    }
  }

  /// A column to be created.
  ///
  /// @param missingText what the rows that are there already have in it, as the type's text
  /// @param identity `a` (always), `d` (by default) or 0
  /// @param generated `s` (stored) or 0
  public record ColumnSpec(
      String name,
      PgType type,
      int typmod,
      boolean notNull,
      @Nullable String defaultSource,
      @Nullable String missingText,
      char identity,
      char generated) {
    /// A column that is computed.
    public static ColumnSpec generated(
        String name, PgType type, int typmod, boolean notNull, String source) {
      return new ColumnSpec(name, type, typmod, notNull, source, null, '\0', 's');
    }

    public static ColumnSpec plain(String name, PgType type, int typmod, boolean notNull) {
      return new ColumnSpec(name, type, typmod, notNull, null, null, '\0', '\0');
    }
  }

  /// Creates a relation and its file, if its kind has one.
  ///
  /// @return its oid
  public int create(Spec spec) {
    int oid = writer.newOid();
    CatalogRow row = classRow(oid, spec);
    if (spec.kind() != RelKind.VIEW) {
      RelFileLocator locator = newFile(row);
      if (spec.kind() == RelKind.INDEX) {
        writer
            .steps()
            .add(() ->
                writer.catalog().catalogs().files().btree().initialize(writer.xact(), locator));
      }
    }
    List<ToastWriter.Width> widths = spec.columns().stream().map(ToastWriter.Width::of).toList();
    if (spec.kind() == RelKind.TABLE && ToastWriter.isNeeded(widths)) {
      ToastWriter toast = new ToastWriter(writer);
      row.oid(
          "reltoastrelid",
          toast.create(oid, spec.owner(), spec.persistence(), spec.toastOptions()));
    }
    writer.insert(row);
    int attnum = 0;
    for (ColumnSpec column : spec.columns()) {
      attnum++;
      CatalogRow attribute = attributeRow(oid, attnum, column);
      if (spec.kind() == RelKind.TOAST) {
        attribute.set("attstorage", 'p');
      }
      writer.insert(attribute);
      addDefault(oid, attnum, column);
    }
    return oid;
  }

  /// Adds columns behind those that a view has.
  ///
  /// @param before how many these are
  public void addViewColumns(int oid, int before, List<ColumnSpec> columns) {
    int attnum = before;
    for (ColumnSpec column : columns) {
      attnum++;
      writer.insert(attributeRow(oid, attnum, column));
    }
  }

  /// Gives the row a new file number and adds the step that makes the file.
  private RelFileLocator newFile(CatalogRow row) {
    int number = row.integer("relfilenode") == 0 ? row.oid("oid") : writer.newOid();
    row.oid("relfilenode", number);
    RelFileLocator locator =
        new RelFileLocator(writer.catalog().databaseOid(), Integer.toUnsignedLong(number));
    writer
        .steps()
        .add(() -> writer.catalog().catalogs().shared().storage().create(writer.xact(), locator));
    return locator;
  }

  private CatalogRow classRow(int oid, Spec spec) {
    boolean table = spec.kind().isTable();
    boolean toast = spec.kind() == RelKind.TOAST;
    CatalogRow row =
        writer
            .blank("pg_class")
            .oid("oid", oid)
            .set("relname", spec.name())
            .oid("relnamespace", spec.namespaceOid())
            .oid("relowner", spec.owner())
            .oid("relam", table ? HEAP_AM : spec.kind() == RelKind.INDEX ? BTREE_AM : 0)
            .set("reltuples", table ? -1.0 : 0.0)
            .set("relpersistence", spec.persistence())
            .set("relkind", spec.kind().code())
            .set("relnatts", spec.columns().size())
            .set("relhasrules", spec.kind() == RelKind.VIEW)
            .set("relhasindex", toast)
            .set("relispopulated", true)
            .set("relfrozenxid", table ? oldestXid() : 0)
            .set("relminmxid", table ? 1 : 0)
            .set("relreplident", table && !toast ? 'd' : 'n');
    if (!spec.options().isEmpty()) {
      row.setTexts("reloptions", spec.options());
    }
    return row;
  }

  /// What is put into a new file can have no older xid.
  private long oldestXid() {
    return writer.catalog().catalogs().shared().transactions().procs().current().xmin();
  }

  private CatalogRow attributeRow(int oid, int attnum, ColumnSpec column) {
    CatalogRow row =
        ofType(writer.blank("pg_attribute"), column.type(), column.typmod())
            .oid("attrelid", oid)
            .set("attname", column.name())
            .set("attstattarget", -1)
            .set("attnum", attnum)
            .set("attcacheoff", -1)
            .set("attnotnull", column.notNull())
            .set("atthasdef", hasDefault(column))
            .set("atthasmissing", column.missingText() != null)
            .set("attidentity", column.identity())
            .set("attgenerated", column.generated())
            .set("attislocal", true);
    if (column.missingText() != null) {
      row.setTexts("attmissingval", List.of(column.missingText()));
    }
    return row;
  }

  private static CatalogRow ofType(CatalogRow row, PgType type, int typmod) {
    return row.oid("atttypid", type.oid())
        .set("attlen", type.length())
        .set("attndims", type.isArray() ? 1 : 0)
        .set("atttypmod", typmod)
        .set("attbyval", type.byValue())
        .set("attalign", type.align())
        .set("attstorage", type.storage())
        .oid("attcollation", type.collationOid());
  }

  /// Gives a column another type; its statistics were of the old values.
  ///
  /// @param rewritten whether every stored row will have a value of it
  public void setType(Relation relation, int attnum, PgType type, int typmod, boolean rewritten) {
    updateAttribute(
        relation.oid(),
        attnum,
        row -> {
          ofType(row, type, typmod);
          if (rewritten) {
            row.set("atthasmissing", false).setNull("attmissingval");
          }
        });
    writer.deleteAll("pg_statistic", "pg_statistic_relid_att_inh_index", relation.oid(), attnum);
    List<ToastWriter.Width> widths = new ArrayList<>();
    for (Column column : relation.columns()) {
      if (!column.dropped()) {
        widths.add(
            column.attnum() == attnum
                ? new ToastWriter.Width(type, typmod, type.storage())
                : new ToastWriter.Width(
                    Types.get(column.typeOid()), column.typmod(), column.storage()));
      }
    }
    addToast(relation, widths);
  }

  /// As [#setType], of an index, whose rows come from the table's.
  void setColumnType(int oid, int attnum, PgType type, int typmod) {
    updateAttribute(oid, attnum, row -> ofType(row, type, typmod));
  }

  /// The default of an identity column is its sequence, which is found by what belongs to it.
  private static boolean hasDefault(ColumnSpec column) {
    return column.defaultSource() != null && column.identity() == 0;
  }

  private void addDefault(int oid, int attnum, ColumnSpec column) {
    String source = column.defaultSource();
    if (source != null && hasDefault(column)) {
      new DefaultWriter(writer).create(oid, attnum, source);
    }
  }

  /// Adds a column behind the others.
  public void addColumn(Relation relation, ColumnSpec column) {
    int attnum = relation.columns().size() + 1;
    writer.insert(attributeRow(relation.oid(), attnum, column));
    addDefault(relation.oid(), attnum, column);
    updateClass(relation.oid(), row -> row.set("relnatts", attnum));
    List<ToastWriter.Width> widths = new ArrayList<>(widths(relation, 0, '\0'));
    widths.add(ToastWriter.Width.of(column));
    addToast(relation, widths);
  }

  private static List<ToastWriter.Width> widths(Relation relation, int changed, char storage) {
    return relation.columns().stream()
        .filter(c -> !c.dropped())
        .map(c ->
            new ToastWriter.Width(
                Types.get(c.typeOid()), c.typmod(), c.attnum() == changed ? storage : c.storage()))
        .toList();
  }

  /// Gives a table that has none yet a place for long values, where its columns need one now.
  private void addToast(Relation relation, List<ToastWriter.Width> columns) {
    if (relation.toast() == null && ToastWriter.isNeeded(columns)) {
      int toast =
          new ToastWriter(writer)
              .create(relation.oid(), relation.owner(), relation.persistence(), List.of());
      writer.endCommand();
      updateClass(relation.oid(), row -> row.oid("reltoastrelid", toast));
    }
  }

  /// Changes how the long values of a column are kept from now on.
  ///
  /// @param storage p, e, m or x
  public void setStorage(Relation relation, int attnum, char storage) {
    updateAttribute(relation.oid(), attnum, row -> row.set("attstorage", storage));
    addToast(relation, widths(relation, attnum, storage));
  }

  /// Changes the relation's row in `pg_class`.
  public void updateClass(int oid, Consumer<CatalogRow> change) {
    writer.steps().add(() -> update(readClass(oid), change));
  }

  /// As [#updateClass], for what several transactions may have to say of a relation at a time,
  /// because their locks on it do not exclude each other: each waits for the one before, and
  /// changes what that has left.
  public void updateClassInTurn(int oid, Consumer<CatalogRow> change) {
    writer
        .steps()
        .add(() -> {
          CatalogRow row = readClass(oid);
          while (row != null && !writer.lock(row)) {
            row = readClass(oid);
          }
          update(row, change);
        });
  }

  private void update(@Nullable CatalogRow row, Consumer<CatalogRow> change) {
    if (row != null) {
      CatalogRow copy = row.copy();
      change.accept(copy);
      writer.update(copy);
    }
  }

  private @Nullable CatalogRow readClass(int oid) {
    return writer.catalog().reader().one("pg_class", "pg_class_oid_index", oid);
  }

  /// Changes a column's row in `pg_attribute`.
  public void updateAttribute(int oid, int attnum, Consumer<CatalogRow> change) {
    writer
        .steps()
        .add(() ->
            update(
                writer
                    .catalog()
                    .reader()
                    .one("pg_attribute", "pg_attribute_relid_attnum_index", oid, attnum),
                change));
  }

  /// Marks a column as dropped: its place in the stored rows stays.
  public void dropColumn(int oid, int attnum) {
    new DefaultWriter(writer).drop(oid, attnum);
    writer.deleteAll("pg_statistic", "pg_statistic_relid_att_inh_index", oid, attnum);
    updateAttribute(
        oid,
        attnum,
        row ->
            row.set("attname", "........pg.dropped." + attnum + "........")
                .set("attnotnull", false)
                .set("atthasdef", false)
                .set("attidentity", '\0')
                .set("attisdropped", true));
  }

  /// Replaces a column's default, or removes it.
  public void setDefault(int oid, int attnum, @Nullable String source) {
    new DefaultWriter(writer).drop(oid, attnum);
    if (source != null) {
      new DefaultWriter(writer).create(oid, attnum, source);
    }
    updateAttribute(oid, attnum, row -> row.set("atthasdef", source != null));
  }

  /// Drops a relation with everything that is only there for it.
  public void drop(Relation relation) {
    int oid = relation.oid();
    ForeignKeyWriter keys = new ForeignKeyWriter(writer);
    relation.foreignKeys().forEach(keys::drop);
    relation.referencedBy().forEach(keys::drop);
    for (Relation.Index index : relation.indexes()) {
      dropIndex(oid, index);
    }
    for (Relation.Constraint constraint : relation.constraints()) {
      dependencies.removeFrom(SystemOids.PG_CONSTRAINT, constraint.oid());
    }
    writer.deleteAll("pg_constraint", "pg_constraint_conrelid_contypid_conname_index", oid);
    new DefaultWriter(writer).drop(oid);
    writer.deleteAll("pg_statistic", "pg_statistic_relid_att_inh_index", oid);
    dropClass(oid);
    if (relation.kind() == RelKind.TABLE) {
      writer.deleteAll("pg_publication_rel", "pg_publication_rel_prrelid_prpubid_index", oid);
      writer.deleteAll("pg_subscription_rel", "pg_subscription_rel_srrelid_srsubid_index", oid);
    }
    if (relation.kind() == RelKind.VIEW) {
      writer.deleteAll("pg_rewrite", "pg_rewrite_rel_rulename_index", oid);
    }
    if (relation.kind() == RelKind.SEQUENCE) {
      writer.deleteAll("pg_sequence", "pg_sequence_seqrelid_index", oid);
    }
    if (relation.locator() != null) {
      dropFile(relation.file());
      dropCounters(oid, relation.file());
    }
    Relation.Toast toast = relation.toast();
    if (toast != null) {
      dropIndex(toast.oid(), toast.index());
      dropClass(toast.oid());
      dropFile(toast.locator());
    }
  }

  private void dropCounters(int oid, RelFileLocator file) {
    writer
        .steps()
        .add(() -> writer.xact().counters().countDrop(file.dbOid(), oid, file.relNumber()));
  }

  /// Drops an index of a table.
  public void dropIndex(int tableOid, Relation.Index index) {
    writer.deleteAll("pg_index", "pg_index_indexrelid_index", index.oid());
    dropClass(index.oid());
    dropFile(index.locator());
    dropCounters(index.oid(), index.locator());
    writer.steps().add(() -> writer.catalog().relationChanged(tableOid));
  }

  private void dropClass(int oid) {
    writer.deleteAll("pg_attribute", "pg_attribute_relid_attnum_index", oid);
    writer.deleteAll("pg_class", "pg_class_oid_index", oid);
    writer.deleteAll("pg_description", "pg_description_o_c_o_index", oid, SystemOids.PG_CLASS);
    dependencies.removeFrom(SystemOids.PG_CLASS, oid);
    dependencies.removeOn(SystemOids.PG_CLASS, oid);
  }

  private void dropFile(RelFileLocator file) {
    writer
        .steps()
        .add(
            () -> writer.catalog().catalogs().shared().storage().dropAtCommit(writer.xact(), file));
  }

  /// Gives a table and its indexes new, empty files: TRUNCATE. The old ones go at commit.
  public void replaceFiles(Relation relation) {
    for (Relation.Index index : relation.indexes()) {
      replaceFile(index.oid(), index.locator(), true, true);
    }
    replaceFile(relation.oid(), relation.file(), false, true);
    Relation.Toast toast = relation.toast();
    if (toast != null) {
      replaceFile(toast.index().oid(), toast.index().locator(), true, true);
      replaceFile(toast.oid(), toast.locator(), false, true);
    }
  }

  /// Gives a table a new, empty file, which the caller will fill with its rows. The old one goes at
  /// commit.
  public void replaceTableFile(Relation relation) {
    replaceFile(relation.oid(), relation.file(), false, false);
  }

  /// Gives an index a new file with an empty tree: REINDEX. The old one goes at commit.
  public void replaceFile(Relation.Index index) {
    replaceFile(index.oid(), index.locator(), true, true);
  }

  private void replaceFile(int oid, RelFileLocator old, boolean btree, boolean emptied) {
    writer
        .steps()
        .add(() -> {
          CatalogRow row = writer.catalog().reader().one("pg_class", "pg_class_oid_index", oid);
          if (row == null) {
            return;
          }
          CatalogRow copy = row.copy();
          RelFileLocator locator = newFile(copy);
          if (btree) {
            writer
                .steps()
                .add(() ->
                    writer.catalog().catalogs().files().btree().initialize(writer.xact(), locator));
          }
          copy.set("relpages", 0).set("reltuples", btree ? 0.0 : -1.0);
          if (emptied && !btree) {
            copy.set("relfrozenxid", oldestXid());
          }
          writer.update(copy);
          dropFile(old);
          if (emptied) {
            writer.xact().counters().relation(old.dbOid(), oid).countTruncate();
          }
          writer
              .catalog()
              .catalogs()
              .shared()
              .counters()
              .fileReplaced(old.dbOid(), oid, old.relNumber());
        });
  }

  /// The type of a column as a spec for another relation's.
  public static ColumnSpec copyOf(Column column) {
    return ColumnSpec.plain(
        column.name(), Types.get(column.typeOid()), column.typmod(), column.notNull());
  }
}
