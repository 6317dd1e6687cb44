package dev.lifeline.access.heap;

import dev.lifeline.access.common.KeyEncoder;
import dev.lifeline.access.common.TupleCodec;
import dev.lifeline.access.index.Index;
import dev.lifeline.access.index.IndexScan;
import dev.lifeline.access.table.Table;
import dev.lifeline.utils.adt.ByteWriter;
import dev.lifeline.utils.adt.Bytea;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.batch.Rep;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/// Where a table keeps the long values of its rows, in chunks: a heap of its own with the columns
/// `chunk_id`, `chunk_seq` and `chunk_data`, and an index on the first two. See the README of this
/// room.
///
/// A handle that all sessions may share.
public final class ToastTable {
  /// Four chunks fit on a page, headers and all.
  static final int CHUNK_SIZE = 1988;

  /// The types of its columns.
  public static final List<Integer> COLUMN_TYPES = List.of(Types.INT8, Types.INT4, Types.BYTEA);

  private static final TupleCodec CODEC =
      new TupleCodec(COLUMN_TYPES.stream().map(Types::get).toList());

  private static final KeyEncoder KEYS =
      new KeyEncoder(
          COLUMN_TYPES.subList(0, 2).stream()
              .map(type -> KeyEncoder.KeyColumn.ascending(Types.get(type)))
              .toList());

  private final Table table;
  private final Index index;
  private final AtomicLong lastId;

  public ToastTable(Table table, Index index) {
    this.table = table;
    this.index = index;
    this.lastId = ((HeapTable) table).state().lastToastId;
  }

  Table table() {
    return table;
  }

  Index index() {
    return index;
  }

  /// The oid of the toast table.
  public int relation() {
    return table.relation();
  }

  /// A number that no value with chunks here has, not even a dead one: one more than the last in
  /// the index.
  long newId() {
    if (lastId.get() == 0) {
      IndexScan last = index.scan(null, true, null, true, false);
      long found = last.next() ? idOf(last.key()) : 0;
      last.close();
      lastId.compareAndSet(0, found + 1);
    }
    return lastId.incrementAndGet();
  }

  /// The first column of a key, whose bytes order as the numbers do.
  private static long idOf(byte[] key) {
    long id = 0;
    for (int i = 1; i <= Long.BYTES; i++) {
      id = id << 8 | (key[i] & 0xFF);
    }
    return id ^ Long.MIN_VALUE;
  }

  static byte[] key(long id, int seq) {
    Column column = new Column(Rep.LONG, 2);
    column.setLong(0, id);
    column.setLong(1, seq);
    ByteWriter out = new ByteWriter(16);
    KEYS.encodeColumn(0, column, 0, out);
    KEYS.encodeColumn(1, column, 1, out);
    return out.toBytes();
  }

  /// The entries of one value's chunks, in their order.
  IndexScan chunks(long id) {
    return index.scan(key(id, 0), true, key(id, Integer.MAX_VALUE), true, true);
  }

  static byte[] chunk(long id, int seq, byte[] data) {
    int from = seq * CHUNK_SIZE;
    Batch row = CODEC.newBatch(1);
    row.column(0).setLong(0, id);
    row.column(1).setLong(0, seq);
    byte[] part = Arrays.copyOfRange(data, from, Math.min(from + CHUNK_SIZE, data.length));
    row.column(2).setObject(0, Bytea.wrap(part));
    return CODEC.form(List.of(row.column(0), row.column(1), row.column(2)), 0);
  }

  static int chunkCount(int length) {
    return (length + CHUNK_SIZE - 1) / CHUNK_SIZE;
  }

  static TupleCodec codec() {
    return CODEC;
  }
}
