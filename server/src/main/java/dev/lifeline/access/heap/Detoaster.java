package dev.lifeline.access.heap;

import dev.lifeline.access.common.ToastedValue;
import dev.lifeline.access.common.TupleCodec;
import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.batch.Rep;
import org.jspecify.annotations.Nullable;

/// Puts the values themselves into the places of toasted ones in batches. One for each execution.
public final class Detoaster {
  private final ToastTable toast;
  private final TupleCodec codec;
  private @Nullable ToastFetch fetch;

  /// @param codec of the table whose rows these are
  public Detoaster(ToastTable toast, TupleCodec codec) {
    this.toast = toast;
    this.codec = codec;
  }

  /// Resolves some columns of all rows of a batch. May throw [dev.lifeline.utils.NotYet], and is
  /// then called again with the same arguments.
  ///
  /// @param targets for each attribute of the table the batch's column, or -1 for what is to be
  ///   left as it is
  public void resolve(Batch rows, int[] targets) {
    for (int attribute = 0; attribute < targets.length; attribute++) {
      if (targets[attribute] >= 0) {
        Column column = rows.column(targets[attribute]);
        for (int row = 0; column.rep() == Rep.OBJECT && row < rows.size(); row++) {
          resolve(attribute, column, row);
        }
      }
    }
  }

  /// As [#resolve(Batch, int\[\])], of one row.
  public void resolveRow(Batch rows, int row, int[] targets) {
    for (int attribute = 0; attribute < targets.length; attribute++) {
      if (targets[attribute] >= 0) {
        Column column = rows.column(targets[attribute]);
        if (column.rep() == Rep.OBJECT) {
          resolve(attribute, column, row);
        }
      }
    }
  }

  private void resolve(int attribute, Column column, int row) {
    if (column.getObject(row) instanceof ToastedValue value) {
      codec.load(attribute, valueOf(value), column, row);
    }
  }

  private byte[] valueOf(ToastedValue value) {
    if (!value.isExternal()) {
      return value.inlineValue();
    }
    ToastFetch current = fetch;
    if (current == null || current.value() != value) {
      current = new ToastFetch(toast, value);
      fetch = current;
    }
    byte[] result = current.run();
    fetch = null;
    return result;
  }
}
