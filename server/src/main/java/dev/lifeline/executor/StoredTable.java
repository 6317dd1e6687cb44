package dev.lifeline.executor;

import dev.lifeline.access.common.KeyEncoder;
import dev.lifeline.access.common.TupleCodec;
import dev.lifeline.access.heap.Detoaster;
import dev.lifeline.access.heap.ToastTable;
import dev.lifeline.access.index.Index;
import dev.lifeline.access.table.Table;
import dev.lifeline.access.transam.LoggedTable;
import dev.lifeline.catalog.RelKind;
import dev.lifeline.catalog.Relation;
import dev.lifeline.catalog.SessionCatalog;
import dev.lifeline.catalog.SystemOids;
import dev.lifeline.utils.adt.EvalContext;
import dev.lifeline.utils.adt.PgType;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.adt.Values;
import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.batch.Rep;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A table with all that is needed to read and write its rows: the open file, the codec of its
/// tuples, its indexes with the encoders of their keys. Made once for a plan, immutable.
public final class StoredTable {
  /// An index of the table.
  ///
  /// @param form how its entries are made
  public record StoredIndex(Relation.Index definition, Index index, IndexForm form) {
    public KeyEncoder encoder() {
      return form.encoder();
    }

    /// The columns of a whole row, from 0, that decide about its entry.
    public List<Integer> columns() {
      return form.needed();
    }
  }

  private final Relation relation;
  private final Table table;
  private final TupleCodec codec;
  private final List<PgType> types;
  private final List<StoredIndex> indexes;
  private final List<GeneratedColumn> generated;
  private final @Nullable ToastTable toast;
  private final @Nullable LoggedTable logged;

  /// @param catalog for the expressions of its indexes and generated columns
  public StoredTable(
      Relation relation, Storage storage, SessionCatalog catalog, EvalContext context) {
    this.relation = relation;
    this.table = storage.table(relation);
    this.types = new ArrayList<>();
    List<@Nullable Column> missing = new ArrayList<>();
    for (Relation.Column column : relation.columns()) {
      PgType type = Types.get(column.typeOid());
      types.add(type);
      String text = column.missingText();
      missing.add(text == null ? null : Values.column(type, Values.read(type, text, context)));
    }
    this.codec = new TupleCodec(types, missing);
    Relation.Toast toasted = relation.toast();
    this.toast = toasted == null ? null : storage.toast(toasted);
    this.logged =
        relation.kind() == RelKind.TABLE
                && relation.persistence() == 'p'
                && !relation.isVirtual()
                && !SystemOids.isSystem(relation.oid())
            ? new RowIdentity(this)
            : null;
    this.generated = RowChecks.generated(relation, catalog, context);
    this.indexes = new ArrayList<>();
    for (Relation.Index index : relation.indexes()) {
      indexes.add(
          new StoredIndex(
              index,
              storage.index(relation, index, table),
              IndexForm.of(relation, index, catalog, context)));
    }
  }

  public Relation relation() {
    return relation;
  }

  public Table table() {
    return table;
  }

  public TupleCodec codec() {
    return codec;
  }

  /// The types of all columns, also of dropped ones.
  public List<PgType> types() {
    return types;
  }

  /// The columns that are computed when a row is written.
  public List<GeneratedColumn> generated() {
    return generated;
  }

  public List<StoredIndex> indexes() {
    return indexes;
  }

  public StoredIndex index(int oid) {
    for (StoredIndex index : indexes) {
      if (index.definition().oid() == oid) {
        return index;
      }
    }
    throw new IllegalStateException("no index " + oid + " of " + relation.name());
  }

  /// Where the rows' long values are; null where there can be none.
  public @Nullable ToastTable toast() {
    return toast;
  }

  /// What logical decoding has to be told before the table's rows are changed; null where it is not
  /// interested, as in catalogs.
  public @Nullable LoggedTable logged() {
    return logged;
  }

  /// What puts values into the place of toasted ones, for one execution; null where there can be
  /// none.
  public @Nullable Detoaster newDetoaster() {
    return toast == null ? null : new Detoaster(toast, codec);
  }

  /// A batch for whole rows.
  public Batch newRows(int capacity) {
    List<Rep> reps = types.stream().map(PgType::rep).toList();
    return new Batch(reps, capacity);
  }

  /// Whether one of these columns, from 0, is in a unique index: other tables may refer to the row
  /// by it.
  public boolean hasUnique(int[] columns) {
    for (StoredIndex index : indexes) {
      for (int column : columns) {
        if (index.definition().isUniqueKey() && index.columns().contains(column)) {
          return true;
        }
      }
    }
    return false;
  }
}
