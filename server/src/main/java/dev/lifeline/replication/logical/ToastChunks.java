package dev.lifeline.replication.logical;

import dev.lifeline.access.common.ToastedValue;
import dev.lifeline.access.common.TupleCodec;
import dev.lifeline.access.heap.ToastTable;
import dev.lifeline.utils.adt.Bytea;
import dev.lifeline.utils.adt.PgType;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.batch.Batch;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The chunks of long values that a transaction has stored, until the rows come that they belong
/// to: a value is used by one new row version.
final class ToastChunks {
  private final TupleCodec codec =
      new TupleCodec(ToastTable.COLUMN_TYPES.stream().map(Types::get).toList());
  private final Batch chunk =
      new Batch(ToastTable.COLUMN_TYPES.stream().map(Types::get).map(PgType::rep).toList(), 1);
  private final Map<Long, TreeMap<Long, byte[]>> values = new HashMap<>();

  /// Takes a row of the toast table.
  void add(byte[] payload) {
    codec.deform(
        MemorySegment.ofArray(payload), 0, payload.length, codec.allAttributes(), chunk, 0);
    values
        .computeIfAbsent(chunk.column(0).getLong(0), id -> new TreeMap<>())
        .put(
            chunk.column(1).getLong(0),
            ((Bytea) Objects.requireNonNull(chunk.column(2).getObject(0))).bytes());
  }

  /// The stored form of a value; null where its chunks are not among those of this transaction.
  byte @Nullable [] take(ToastedValue value) {
    TreeMap<Long, byte[]> chunks = values.remove(value.valueId());
    if (chunks == null) {
      return null;
    }
    byte[] stored = new byte[value.storedLength()];
    int at = 0;
    for (byte[] part : chunks.values()) {
      System.arraycopy(part, 0, stored, at, part.length);
      at += part.length;
    }
    return value.value(stored);
  }

  void clear() {
    values.clear();
  }
}
