package dev.lifeline.catalog;

import java.util.List;

/// A foreign key, seen from either of its tables.
///
/// @param oid of the constraint
/// @param tableOid the table that refers
/// @param columns its columns, by number
/// @param referencedOid the table that is referred to; may be the same one
/// @param referencedColumns that table's columns, in the order of `columns`
/// @param indexOid the unique index of that table that the key stands for
/// @param match `s` simple or `f` full, as in `pg_constraint.confmatchtype`
/// @param onUpdate `a` no action, `r` restrict, `c` cascade, `n` set null, `d` set default
/// @param onDelete the same
/// @param setColumns which columns ON DELETE SET ... sets; empty: all
/// @param validated whether the rows that were there when it was added have been checked
public record ForeignKey(
    int oid,
    String name,
    int tableOid,
    List<Integer> columns,
    int referencedOid,
    List<Integer> referencedColumns,
    int indexOid,
    char match,
    char onUpdate,
    char onDelete,
    List<Integer> setColumns,
    boolean deferrable,
    boolean deferred,
    boolean validated) {
  public static final char NO_ACTION = 'a';
  public static final char RESTRICT = 'r';
  public static final char CASCADE = 'c';
  public static final char SET_NULL = 'n';
  public static final char SET_DEFAULT = 'd';
  public static final char MATCH_FULL = 'f';

  public ForeignKey {
    columns = List.copyOf(columns);
    referencedColumns = List.copyOf(referencedColumns);
    setColumns = List.copyOf(setColumns);
    if (columns.isEmpty() || columns.size() != referencedColumns.size()) {
      throw new IllegalArgumentException("foreign key " + name + " without matching columns");
    }
  }

  static ForeignKey of(CatalogRow row) {
    return new ForeignKey(
        row.oid("oid"),
        row.text("conname"),
        row.oid("conrelid"),
        row.integers("conkey"),
        row.oid("confrelid"),
        row.integers("confkey"),
        row.oid("conindid"),
        row.letter("confmatchtype"),
        row.letter("confupdtype"),
        row.letter("confdeltype"),
        row.integers("confdelsetcols"),
        row.bool("condeferrable"),
        row.bool("condeferred"),
        row.bool("convalidated"));
  }

  /// The columns that ON DELETE SET NULL or SET DEFAULT sets.
  public List<Integer> columnsSetOnDelete() {
    return setColumns.isEmpty() ? columns : setColumns;
  }
}
