package dev.lifeline.access.heap;

import dev.lifeline.access.common.ToastedValue;
import dev.lifeline.access.common.TupleCodec;
import dev.lifeline.access.index.IndexScan;
import dev.lifeline.utils.adt.Bytea;
import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import org.jspecify.annotations.Nullable;

/// Reads one value from its chunks. Called again after each wait, it goes on where it was.
///
/// Whether a chunk is visible is not asked: who sees the row that points to it sees the chunk, and
/// it stays as long as a snapshot may see that row.
final class ToastFetch {
  private static final int[] ALL = ToastTable.codec().allAttributes();

  private final ToastTable toast;
  private final ToastedValue value;
  private final byte[] data;
  private final Batch chunk = ToastTable.codec().newBatch(1);
  private @Nullable IndexScan scan;
  private boolean onEntry;
  private int next;

  ToastFetch(ToastTable toast, ToastedValue value) {
    this.toast = toast;
    this.value = value;
    this.data = new byte[value.storedLength()];
  }

  ToastedValue value() {
    return value;
  }

  /// Reads all chunks.
  ///
  /// @return the value's own stored form
  byte[] run() {
    IndexScan chunks = scan;
    if (chunks == null) {
      chunks = toast.chunks(value.valueId());
      scan = chunks;
    }
    while (onEntry || chunks.next()) {
      onEntry = true;
      TupleCodec codec = ToastTable.codec();
      boolean there =
          toast
              .table()
              .fetchVersion(
                  chunks.tid(),
                  (tid, memory, offset, length) ->
                      codec.deform(memory, offset, length, ALL, chunk, 0));
      onEntry = false;
      if (!there) {
        throw missing();
      }
      take();
    }
    chunks.close();
    if (next != ToastTable.chunkCount(data.length)) {
      throw missing();
    }
    return value.value(data);
  }

  private void take() {
    int seq = (int) chunk.column(1).getLong(0);
    Bytea bytes = (Bytea) chunk.column(2).getObject(0);
    if (seq != next || bytes == null || chunk.column(0).getLong(0) != value.valueId()) {
      throw PgException.error(
          SqlState.DATA_CORRUPTED,
          "unexpected chunk number %d (expected %d) for toast value %d in pg_toast_%s",
          seq,
          next,
          value.valueId(),
          name());
    }
    int from = seq * ToastTable.CHUNK_SIZE;
    int expected = Math.min(ToastTable.CHUNK_SIZE, data.length - from);
    byte[] part = bytes.bytes();
    if (part.length != expected) {
      throw PgException.error(
          SqlState.DATA_CORRUPTED,
          "unexpected chunk size %d (expected %d) in chunk %d of %d for toast value %d in"
              + " pg_toast_%s",
          part.length,
          expected,
          seq,
          ToastTable.chunkCount(data.length),
          value.valueId(),
          name());
    }
    System.arraycopy(part, 0, data, from, part.length);
    next++;
  }

  private PgException missing() {
    return PgException.error(
        SqlState.DATA_CORRUPTED,
        "missing chunk number %d for toast value %d in pg_toast_%s",
        next,
        value.valueId(),
        name());
  }

  private String name() {
    return Integer.toUnsignedString(toast.relation());
  }
}
