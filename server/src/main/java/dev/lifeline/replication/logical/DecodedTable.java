package dev.lifeline.replication.logical;

import dev.lifeline.access.common.ToastedValue;
import dev.lifeline.access.common.TupleCodec;
import dev.lifeline.catalog.Relation;
import dev.lifeline.catalog.RelationDescriptor;
import dev.lifeline.utils.adt.EvalContext;
import dev.lifeline.utils.adt.PgType;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.adt.Values;
import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.batch.Rep;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A table as it was when a transaction changed it, and how its rows are read.
public final class DecodedTable {
  private final Relation relation;
  private final byte[] descriptor;
  private final List<PgType> types = new ArrayList<>();
  private @Nullable TupleCodec codec;

  DecodedTable(byte[] descriptor) {
    this.descriptor = descriptor;
    this.relation = RelationDescriptor.read(descriptor);
    relation.columns().forEach(column -> types.add(Types.get(column.typeOid())));
  }

  public Relation relation() {
    return relation;
  }

  byte[] descriptor() {
    return descriptor;
  }

  PgType type(int column) {
    return types.get(column);
  }

  private TupleCodec codec(EvalContext context) {
    TupleCodec made = codec;
    if (made == null) {
      List<@Nullable Column> missing = new ArrayList<>();
      for (Relation.Column column : relation.columns()) {
        String text = column.missingText();
        PgType type = Types.get(column.typeOid());
        missing.add(text == null ? null : Values.column(type, Values.read(type, text, context)));
      }
      made = new TupleCodec(types, missing);
      codec = made;
    }
    return made;
  }

  /// Reads a row.
  ///
  /// @param toast where its long values are
  Row row(byte[] payload, int offset, ToastChunks toast, EvalContext context) {
    TupleCodec reader = codec(context);
    Batch batch = new Batch(types.stream().map(PgType::rep).toList(), 1);
    reader.deform(
        MemorySegment.ofArray(payload),
        offset,
        payload.length - offset,
        reader.allAttributes(),
        batch,
        0);
    batch.setSize(1);
    boolean[] unchanged = new boolean[types.size()];
    for (int c = 0; c < unchanged.length; c++) {
      Column column = batch.column(c);
      if (column.rep() == Rep.OBJECT && column.getObject(0) instanceof ToastedValue value) {
        byte[] stored = value.isExternal() ? toast.take(value) : value.inlineValue();
        if (stored == null) {
          unchanged[c] = true;
          column.setNull(0);
        } else {
          reader.load(c, stored, column, 0);
        }
      }
    }
    return new Row(batch, unchanged);
  }

  /// A row that was read.
  static final class Row {
    private final Batch batch;
    private final boolean[] unchanged;

    Row(Batch batch, boolean[] unchanged) {
      this.batch = batch;
      this.unchanged = unchanged;
    }

    Batch batch() {
      return batch;
    }

    Column column(int c) {
      return batch.column(c);
    }

    boolean isNull(int c) {
      return batch.column(c).isNull(0);
    }

    /// Whether the column has a long value that the update did not touch, and so did not log.
    boolean isUnchanged(int c) {
      return unchanged[c];
    }

    /// The same row, with the values of an older version in place of those that it does not have.
    Row completedBy(Row older) {
      Batch completed = new Batch(reps(), 1);
      boolean[] still = unchanged.clone();
      for (int c = 0; c < unchanged.length; c++) {
        boolean from = unchanged[c] && !older.isUnchanged(c);
        completed.column(c).copy(0, (from ? older : this).column(c), 0);
        still[c] = unchanged[c] && !from;
      }
      completed.setSize(1);
      return new Row(completed, still);
    }

    private List<Rep> reps() {
      List<Rep> reps = new ArrayList<>();
      for (int c = 0; c < unchanged.length; c++) {
        reps.add(batch.column(c).rep());
      }
      return reps;
    }
  }
}
