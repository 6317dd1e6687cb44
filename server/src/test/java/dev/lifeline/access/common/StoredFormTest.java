package dev.lifeline.access.common;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.access.common.KeyEncoder.KeyColumn;
import dev.lifeline.utils.adt.ByteWriter;
import dev.lifeline.utils.adt.EvalContext;
import dev.lifeline.utils.adt.FakeSession;
import dev.lifeline.utils.adt.PgType;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.adt.Values;
import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.batch.Column;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Properties of the stored forms over random rows of all types: what was written is read back, and
/// encoded keys order as the values do.
final class StoredFormTest {
  private static final long SEED = 20_261_122;
  private static final int ROUNDS = 3000;

  private final EvalContext context = new FakeSession().context();
  private final Random random = new Random(SEED);

  private static final Map<Integer, List<String>> SAMPLES =
      Map.ofEntries(
          Map.entry(Types.BOOL, List.of("t", "f")),
          Map.entry(Types.INT2, List.of("0", "-1", "1", "-32768", "32767", "256")),
          Map.entry(Types.INT4, List.of("0", "-1", "1", "-2147483648", "2147483647", "65536")),
          Map.entry(Types.INT8, List.of("0", "-1", "9223372036854775807", "-9223372036854775808")),
          Map.entry(Types.OID, List.of("0", "1", "4294967295", "2147483648")),
          Map.entry(
              Types.FLOAT8,
              List.of("0", "-0", "1.5", "-1.5", "NaN", "Infinity", "-Infinity", "5e-324", "1e300")),
          Map.entry(Types.FLOAT4, List.of("0", "1.5", "-2.25", "NaN", "-Infinity", "3e38")),
          Map.entry(
              Types.NUMERIC,
              List.of(
                  "0",
                  "0.00",
                  "1",
                  "1.0",
                  "-1",
                  "10",
                  "100",
                  "9.99",
                  "-9.99",
                  "-10",
                  "0.001",
                  "-0.001",
                  "NaN",
                  "Infinity",
                  "-Infinity",
                  "123456789012345678901234567890.5",
                  "1e-30",
                  "12",
                  "12.3",
                  "12.34",
                  "-12.3",
                  "99999999999999999999")),
          Map.entry(Types.TEXT, List.of("", "a", "ab", "b", "a ", "ä", "zz", "aaaaaaaaaaaaaaaaaa")),
          Map.entry(Types.BPCHAR, List.of("", "a", "a  ", "ab", "b")),
          Map.entry(Types.NAME, List.of("a", "pg_class")),
          Map.entry(Types.BYTEA, List.of("\\x", "\\x00", "\\x0000", "\\x00ff", "\\xff", "\\x01")),
          Map.entry(Types.DATE, List.of("2020-01-01", "1999-12-31", "infinity", "-infinity")),
          Map.entry(Types.TIME, List.of("00:00", "23:59:59.999999")),
          Map.entry(
              Types.TIMESTAMPTZ, List.of("2020-01-01", "1970-01-01", "infinity", "-infinity")),
          Map.entry(Types.TIMETZ, List.of("10:00+00", "10:00+01", "11:00+01")),
          Map.entry(Types.INTERVAL, List.of("1 mon", "30 days", "-1 day", "24:00", "0", "-1 mon")),
          Map.entry(
              Types.UUID,
              List.of(
                  "00000000-0000-0000-0000-000000000000",
                  "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
                  "ffffffff-ffff-ffff-ffff-ffffffffffff")),
          Map.entry(
              Types.INT4_ARRAY,
              List.of("{}", "{1}", "{1,2}", "{1,NULL}", "{2}", "{{1,2}}", "{-1}")),
          Map.entry(Types.TEXT_ARRAY, List.of("{}", "{a}", "{a,b}", "{\"\"}", "{NULL}", "{ab}")),
          Map.entry(Types.PG_LSN, List.of("0/0", "16/B374D848", "FFFFFFFF/FFFFFFFF")),
          Map.entry(Types.TID, List.of("(0,1)", "(7,3)", "(4294967295,65535)")));

  private void fill(PgType type, Column column, int row) {
    List<String> samples = Objects.requireNonNull(SAMPLES.get(type.oid()));
    if (random.nextInt(6) == 0) {
      column.setNull(row);
      return;
    }
    String text = samples.get(random.nextInt(samples.size()));
    if (type.oid() == Types.INT4 && random.nextBoolean()) {
      text = Integer.toString(random.nextInt());
    } else if (type.oid() == Types.NUMERIC && random.nextBoolean()) {
      text =
          new java.math.BigDecimal(random.nextInt())
              .movePointLeft(random.nextInt(12))
              .toPlainString();
    } else if (type.oid() == Types.FLOAT8 && random.nextBoolean()) {
      text = Double.toString((random.nextDouble() - 0.5) * Math.pow(10, random.nextInt(20)));
    }
    Values.set(column, row, Values.read(type, text, context));
  }

  private String show(PgType type, Column column, int row) {
    Object value = Values.get(column, row);
    return value == null ? "NULL" : Values.write(type, value, context);
  }

  private List<PgType> randomTypes() {
    List<Integer> oids = new ArrayList<>(SAMPLES.keySet());
    List<PgType> types = new ArrayList<>();
    for (int i = 1 + random.nextInt(6); i > 0; i--) {
      types.add(Types.get(oids.get(random.nextInt(oids.size()))));
    }
    return types;
  }

  @Test
  void storedRowsAreReadBack() {
    for (int round = 0; round < ROUNDS; round++) {
      List<PgType> types = randomTypes();
      List<Column> columns = new ArrayList<>();
      for (PgType type : types) {
        Column column = new Column(type.rep(), 1);
        fill(type, column, 0);
        columns.add(column);
      }
      byte[] payload = new TupleCodec(types).form(columns, 0);
      // The reader's table may have got a column since.
      List<PgType> now = new ArrayList<>(types);
      now.add(Types.get(Types.INT4));
      TupleCodec codec = new TupleCodec(now);
      byte[] page = new byte[payload.length + 20];
      System.arraycopy(payload, 0, page, 7, payload.length);
      Batch batch = codec.newBatch(1);
      codec.deform(MemorySegment.ofArray(page), 7, payload.length, codec.allAttributes(), batch, 0);
      for (int i = 0; i < types.size(); i++) {
        assertEquals(show(types.get(i), columns.get(i), 0), show(types.get(i), batch.column(i), 0));
      }
      assertTrue(batch.column(types.size()).isNull(0));
    }
  }

  @Test
  void keysOrderAsValuesDo() {
    for (int round = 0; round < ROUNDS * 5; round++) {
      List<KeyColumn> keyColumns = new ArrayList<>();
      List<Column> columns = new ArrayList<>();
      for (PgType type : randomTypes()) {
        keyColumns.add(new KeyColumn(type, random.nextBoolean(), random.nextBoolean()));
        Column column = new Column(type.rep(), 2);
        fill(type, column, 0);
        if (random.nextBoolean()) {
          column.copy(1, column, 0);
        } else {
          fill(type, column, 1);
        }
        columns.add(column);
      }
      KeyEncoder encoder = new KeyEncoder(keyColumns);
      byte[] a = encoder.encode(columns, 0);
      byte[] b = encoder.encode(columns, 1);
      int expected = compare(keyColumns, columns);
      StringBuilder shown = new StringBuilder();
      for (int i = 0; i < columns.size(); i++) {
        PgType type = keyColumns.get(i).type();
        shown.append(keyColumns.get(i)).append(show(type, columns.get(i), 0));
        shown.append(" : ").append(show(type, columns.get(i), 1)).append('\n');
      }
      assertEquals(expected, Integer.signum(Arrays.compareUnsigned(a, b)), shown::toString);
    }
  }

  private static int compare(List<KeyColumn> keyColumns, List<Column> columns) {
    for (int i = 0; i < columns.size(); i++) {
      KeyColumn key = keyColumns.get(i);
      Column column = columns.get(i);
      boolean nullA = column.isNull(0);
      boolean nullB = column.isNull(1);
      if (nullA || nullB) {
        if (nullA != nullB) {
          return nullA == key.nullsFirst() ? -1 : 1;
        }
        continue;
      }
      int c = Integer.signum(key.type().ops().compare(column, 0, column, 1));
      if (c != 0) {
        return key.descending() ? -c : c;
      }
    }
    return 0;
  }

  @Test
  void successorIsBeyondAllKeysWithThePrefix() {
    ByteWriter prefix = new ByteWriter();
    prefix.bytes(new byte[] {1, (byte) 0xFF});
    assertTrue(KeyEncoder.successor(prefix));
    assertEquals("[2]", Arrays.toString(prefix.toBytes()));
    ByteWriter last = new ByteWriter();
    last.bytes(new byte[] {(byte) 0xFF});
    assertTrue(!KeyEncoder.successor(last));
  }
}
