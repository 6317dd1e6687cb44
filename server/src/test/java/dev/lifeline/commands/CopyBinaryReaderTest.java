package dev.lifeline.commands;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lifeline.utils.error.PgException;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// COPY's binary format, however the client cuts it into pieces. What it holds and what is refused
/// is compared with PostgreSQL in `regress/psql/sql/copy_binary.sql`.
class CopyBinaryReaderTest {
  private static Buffer header() {
    return Buffer.buffer(CopyBinaryReader.SIGNATURE).appendInt(0).appendInt(3).appendString("ext");
  }

  private static void row(Buffer data, @Nullable String... fields) {
    data.appendShort((short) fields.length);
    for (String field : fields) {
      data.appendInt(field == null ? -1 : field.length());
      if (field != null) {
        data.appendString(field);
      }
    }
  }

  private static List<List<@Nullable String>> read(Buffer data, int columns, int size) {
    CopyBinaryReader reader = new CopyBinaryReader(columns);
    List<List<@Nullable String>> rows = new ArrayList<>();
    for (int at = 0; at < data.length(); at += size) {
      reader.feed(data.getBuffer(at, Math.min(at + size, data.length())));
      gather(reader, columns, rows);
    }
    reader.finish();
    gather(reader, columns, rows);
    assertEquals(rows.size() + (endsWithMarker(data) ? 1 : 0), reader.line());
    return rows;
  }

  private static boolean endsWithMarker(Buffer data) {
    return data.getShort(data.length() - 2) == -1;
  }

  private static void gather(
      CopyBinaryReader reader, int columns, List<List<@Nullable String>> rows) {
    while (reader.next()) {
      List<@Nullable String> row = new ArrayList<>();
      for (int i = 0; i < columns; i++) {
        row.add(
            reader.fieldIsNull(i)
                ? null
                : new String(
                    reader.fields(),
                    reader.fieldOffset(i),
                    reader.fieldLength(i),
                    StandardCharsets.UTF_8));
      }
      rows.add(row);
    }
  }

  @Test
  void piecesOfAnySizeGiveTheSameRows() {
    Buffer data = header();
    String large = "x".repeat(100_000);
    row(data, "one", null);
    row(data, "", large);
    row(data, null, "last");
    data.appendShort((short) -1);
    List<List<@Nullable String>> expected =
        List.of(Arrays.asList("one", null), List.of("", large), Arrays.asList(null, "last"));
    for (int size : new int[] {1, 2, 3, 7, 64, 4096, 65_536, data.length()}) {
      assertEquals(expected, read(data, 2, size), "pieces of " + size);
    }
  }

  @Test
  void theMarkerOfTheEndMayBeMissing() {
    Buffer data = header();
    row(data, "one");
    assertEquals(List.of(List.of("one")), read(data, 1, 5));
  }

  @Test
  void rowsWithoutColumnsAreCounted() {
    Buffer data = header();
    row(data);
    row(data);
    data.appendShort((short) -1);
    assertEquals(List.of(List.of(), List.of()), read(data, 0, 1));
  }

  @Test
  void whatComesBehindTheEndIsRefusedAlsoInALaterPiece() {
    CopyBinaryReader reader = new CopyBinaryReader(1);
    reader.feed(header().appendShort((short) -1));
    assertEquals(false, reader.next());
    reader.feed(Buffer.buffer("x"));
    PgException refused = assertThrows(PgException.class, reader::next);
    assertEquals("received copy data after EOF marker", refused.message());
  }

  @Test
  void anErrorTellsTheFieldThatItIsIn() {
    CopyBinaryReader reader = new CopyBinaryReader(3);
    Buffer data = header();
    data.appendShort((short) 3).appendInt(1).appendString("a").appendInt(-2);
    reader.feed(data);
    PgException refused = assertThrows(PgException.class, reader::next);
    assertEquals("invalid field size", refused.message());
    assertEquals(1, reader.currentField());
    assertEquals(1, reader.line());
  }
}
