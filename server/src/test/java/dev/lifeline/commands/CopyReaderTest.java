package dev.lifeline.commands;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lifeline.utils.error.PgException;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What COPY makes of its data; the expectations are PostgreSQL's answers.
class CopyReaderTest {
  private static CopyOptions text() {
    return new CopyOptions.Builder().build(true);
  }

  private static CopyOptions csv() {
    CopyOptions.Builder builder = new CopyOptions.Builder();
    builder.format("csv");
    return builder.build(true);
  }

  /// Reads the data in pieces of every size, which must make no difference.
  private static List<List<@Nullable String>> read(CopyOptions options, String data) {
    List<List<@Nullable String>> whole = read(options, data, Integer.MAX_VALUE);
    for (int size = 1; size < data.length(); size++) {
      assertEquals(whole, read(options, data, size), "in pieces of " + size);
    }
    return whole;
  }

  private static List<List<@Nullable String>> read(CopyOptions options, String data, int size) {
    CopyReader reader = new CopyReader(options);
    List<List<@Nullable String>> rows = new ArrayList<>();
    Buffer all = Buffer.buffer(data);
    for (int i = 0; i < all.length(); ) {
      int to = (int) Math.min((long) i + size, all.length());
      reader.feed(all.getBuffer(i, to));
      drain(reader, rows);
      i = to;
    }
    reader.finish();
    drain(reader, rows);
    return rows;
  }

  private static void drain(CopyReader reader, List<List<@Nullable String>> rows) {
    while (reader.next()) {
      reader.splitFields();
      List<@Nullable String> row = new ArrayList<>();
      for (int i = 0; i < reader.fieldCount(); i++) {
        row.add(reader.fieldIsNull(i) ? null : reader.field(i));
      }
      rows.add(row);
    }
  }

  private static List<@Nullable String> row(@Nullable String... values) {
    return Arrays.asList(values);
  }

  @Test
  void textRowsAreCutAtTabsAndNewlines() {
    assertEquals(
        List.of(row("1", "ann"), row("2", null), row("", "")),
        read(text(), "1\tann\n2\t\\N\n\t\n"));
  }

  @Test
  void theLastNewlineMayBeMissing() {
    assertEquals(List.of(row("1"), row("2")), read(text(), "1\n2"));
  }

  @Test
  void textEscapesAreResolvedAndEscapedNewlinesContinueTheRow() {
    assertEquals(
        List.of(row("a\tb\nc\\d", "A" + (char) 11 + "S"), row("x\ny")),
        read(text(), "a\\tb\\nc\\\\d\t\\101\\v\\x53\nx\\\ny\n"));
  }

  @Test
  void theEndMarkerEndsTheData() {
    assertEquals(List.of(row("1")), read(text(), "1\n\\.\n2\n"));
  }

  @Test
  void windowsLineEndsAreRowEnds() {
    assertEquals(List.of(row("1", "a"), row("2", "b")), read(text(), "1\ta\r\n2\tb\r\n"));
    assertEquals(List.of(row("1"), row("2")), read(text(), "1\r2\r"));
  }

  @Test
  void aNewlineOfAnotherKindIsRefused() {
    PgException e =
        assertThrows(PgException.class, () -> read(text(), "1\n2\r3\n", Integer.MAX_VALUE));
    assertEquals("literal carriage return found in data", e.message());
    assertEquals("Use \"\\r\" to represent carriage return.", e.hint());
  }

  @Test
  void csvQuotesProtectDelimitersNewlinesAndEmptyStrings() {
    assertEquals(
        List.of(row("1", "a,b\nc", "say \"hi\"", null, "")),
        read(csv(), "1,\"a,b\nc\",\"say \"\"hi\"\"\",,\"\"\n"));
  }

  @Test
  void anUnterminatedQuoteIsRefused() {
    PgException e =
        assertThrows(PgException.class, () -> read(csv(), "1,\"abc\n", Integer.MAX_VALUE));
    assertEquals("unterminated CSV quoted field", e.message());
    assertEquals("22P04", e.sqlState().code());
  }

  @Test
  void bytesThatAreNoTextAreRefused() {
    CopyReader reader = new CopyReader(text());
    reader.feed(Buffer.buffer(new byte[] {'a', (byte) 0xff, '\n'}));
    PgException e = assertThrows(PgException.class, reader::next);
    assertEquals("invalid byte sequence for encoding \"UTF8\": 0xff", e.message());
  }

  @Test
  void optionsThatContradictEachOtherAreRefused() {
    CopyOptions.Builder builder = new CopyOptions.Builder();
    builder.delimiter("ab");
    PgException e = assertThrows(PgException.class, () -> builder.build(true));
    assertEquals("COPY delimiter must be a single one-byte character", e.message());

    CopyOptions.Builder quoteInText = new CopyOptions.Builder();
    quoteInText.quote("'");
    assertEquals(
        "COPY quote available only in CSV mode",
        assertThrows(PgException.class, () -> quoteInText.build(true)).message());
  }
}
