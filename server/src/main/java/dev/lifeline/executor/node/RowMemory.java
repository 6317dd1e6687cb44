package dev.lifeline.executor.node;

import dev.lifeline.utils.adt.Bytea;
import dev.lifeline.utils.adt.PgArray;
import dev.lifeline.utils.adt.Text;
import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.batch.Rep;
import org.jspecify.annotations.Nullable;

/// About how many bytes rows take, to compare with `work_mem`.
final class RowMemory {
  /// A value in a column, and a reference to one.
  private static final int SLOT = Long.BYTES + 1;

  /// Objects with their headers.
  private static final int TEXT = 40;

  private static final int ARRAY = 64;
  private static final int OTHER = 64;

  private RowMemory() {}

  static long of(Column column, int row) {
    return column.rep() == Rep.OBJECT ? SLOT + ofObject(column.getObject(row)) : SLOT;
  }

  private static long ofObject(@Nullable Object value) {
    return switch (value) {
      case null -> 0;
      case Text text -> TEXT + text.byteLength();
      case Bytea bytes -> TEXT + bytes.length();
      case PgArray array -> ofArray(array);
      default -> OTHER;
    };
  }

  private static long ofArray(PgArray array) {
    long bytes = ARRAY;
    for (int i = 0; i < array.size(); i++) {
      bytes += of(array.elements(), i);
    }
    return bytes;
  }
}
