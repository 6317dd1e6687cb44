package dev.lifeline.commands;

import dev.lifeline.utils.Utf8;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Cuts a COPY's data, which arrives in pieces of any size, into rows and fields.
///
/// A row is looked for first ([#next]), so that its text is there for error messages; its fields
/// are then taken out of it, unescaped in place.
final class CopyReader implements CopyRows {
  private enum Eol {
    UNKNOWN,
    NL,
    CR,
    CRNL
  }

  /// A row that is longer is not held in memory.
  private static final int ROW_BYTES_MAX = 256 << 20;

  private static final int MORE = -2;

  private final CopyOptions options;
  private final byte[] nullText;

  /// What arrived and was not consumed: `data[start..end)`.
  private byte[] data = new byte[64 * 1024];

  private int start;
  private int end;

  /// Where the search for the row's end goes on when more has arrived, and whether that is inside
  /// of quotes.
  private int scan;

  private boolean inQuotes;
  private boolean finished;
  private boolean endMarkerSeen;
  private Eol eol = Eol.UNKNOWN;

  private long line;
  private int rowStart;
  private int rowEnd;

  /// The row's fields, unescaped: `fields[offset[i]..offset[i]+length[i])`; a length of -1 is null.
  private byte[] fields = new byte[1024];

  private int fieldsEnd;
  private int[] offset = new int[16];
  private int[] length = new int[16];
  private boolean[] quoted = new boolean[16];
  private int fieldCount;

  CopyReader(CopyOptions options) {
    this.options = options;
    this.nullText = options.nullText().getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void feed(Buffer piece) {
    if (endMarkerSeen) {
      return;
    }
    int more = piece.length();
    if (end + more > data.length) {
      data = moved(data, start, end, more);
      scan -= start;
      end -= start;
      start = 0;
    }
    piece.getBytes(0, more, data, end);
    end += more;
  }

  /// What is left of the data, at the front of an array that has room for more: the same one, or a
  /// larger one.
  static byte[] moved(byte[] data, int start, int end, int more) {
    int kept = end - start;
    if (kept > ROW_BYTES_MAX - more) {
      throw PgException.error(SqlState.PROGRAM_LIMIT_EXCEEDED, "out of memory")
          .detail("Cannot enlarge string buffer containing %d bytes by %d more bytes.", kept, more);
    }
    byte[] target =
        kept + more > data.length ? new byte[Math.max(kept + more, data.length * 2)] : data;
    System.arraycopy(data, start, target, 0, kept);
    return target;
  }

  @Override
  public void finish() {
    finished = true;
  }

  /// Finds the next row. False when the data so far has no complete one; after [#finish], when
  /// there is none at all.
  boolean next() {
    if (endMarkerSeen) {
      return false;
    }
    int stop = options.csv() ? findCsvEnd() : findTextEnd();
    if (stop < 0) {
      if (!finished || start == end) {
        return false;
      }
      if (inQuotes) {
        line++;
        rowStart = start;
        rowEnd = end;
        throw PgException.error(SqlState.BAD_COPY_FILE_FORMAT, "unterminated CSV quoted field");
      }
      take(end, end);
    } else {
      take(stop, stop + (eol == Eol.CRNL ? 2 : 1));
    }
    if (rowEnd - rowStart == 2 && data[rowStart] == '\\' && data[rowStart + 1] == '.') {
      endMarkerSeen = true;
      return false;
    }
    checkEncoding();
    return true;
  }

  private void take(int stop, int nextStart) {
    rowStart = start;
    rowEnd = stop;
    start = nextStart;
    scan = nextStart;
    inQuotes = false;
    line++;
  }

  private int findTextEnd() {
    int i = scan;
    while (i < end) {
      byte b = data[i];
      if (b == '\\') {
        if (i + 1 >= end) {
          break;
        }
        i += 2;
      } else if (b == '\n' || b == '\r') {
        int found = lineEnd(i, "literal", "Use \"\\n\" to represent newline.");
        if (found == MORE) {
          break;
        }
        return found;
      } else {
        i++;
      }
    }
    scan = i;
    return -1;
  }

  private int findCsvEnd() {
    byte quote = options.quote();
    byte escape = options.escape();
    int i = scan;
    while (i < end) {
      byte b = data[i];
      if (inQuotes && b == escape && escape != quote) {
        if (i + 1 >= end) {
          break;
        }
        byte following = data[i + 1];
        i += following == escape || following == quote ? 2 : 1;
      } else if (b == quote) {
        inQuotes = !inQuotes;
        i++;
      } else if (!inQuotes && (b == '\n' || b == '\r')) {
        int found = lineEnd(i, "unquoted", "Use quoted CSV field to represent newline.");
        if (found == MORE) {
          break;
        }
        return found;
      } else {
        i++;
      }
    }
    scan = i;
    return -1;
  }

  /// Whether the newline or carriage return at `i` ends the row; the first row's end settles what
  /// ends rows in this data.
  private int lineEnd(int i, String kind, String hint) {
    boolean newline = data[i] == '\n';
    if (eol == Eol.UNKNOWN) {
      if (newline) {
        eol = Eol.NL;
      } else if (i + 1 < end) {
        eol = data[i + 1] == '\n' ? Eol.CRNL : Eol.CR;
      } else if (finished) {
        eol = Eol.CR;
      } else {
        return MORE;
      }
      return i;
    }
    if (eol == Eol.CRNL && !newline) {
      if (i + 1 >= end && !finished) {
        return MORE;
      }
      if (i + 1 < end && data[i + 1] == '\n') {
        return i;
      }
    } else if (newline == (eol == Eol.NL) && eol != Eol.CRNL) {
      return i;
    }
    take(i, i + 1);
    throw PgException.error(
            SqlState.BAD_COPY_FILE_FORMAT,
            newline ? kind + " newline found in data" : kind + " carriage return found in data")
        .hint(newline ? hint : hint.replace("\\n", "\\r").replace("newline", "carriage return"));
  }

  private void checkEncoding() {
    for (int i = rowStart; i < rowEnd; i++) {
      if (data[i] <= 0) {
        Utf8.check(data, i, rowEnd);
        return;
      }
    }
  }

  @Override
  public long line() {
    return line;
  }

  @Override
  public int rowLength() {
    return rowEnd - rowStart;
  }

  /// The row found last, as it was sent.
  String rowText() {
    return new String(data, rowStart, rowEnd - rowStart, StandardCharsets.UTF_8);
  }

  boolean rowIsEmpty() {
    return rowStart == rowEnd;
  }

  int fieldCount() {
    return fieldCount;
  }

  @Override
  public boolean fieldIsNull(int i) {
    return length[i] < 0;
  }

  String field(int i) {
    return new String(fields, offset[i], length[i], StandardCharsets.UTF_8);
  }

  @Override
  public byte[] fields() {
    return fields;
  }

  @Override
  public int fieldOffset(int i) {
    return offset[i];
  }

  @Override
  public int fieldLength(int i) {
    return length[i];
  }

  /// Whether the field of a CSV row was in quotes.
  boolean fieldIsQuoted(int i) {
    return quoted[i];
  }

  /// Takes the fields out of the row found last.
  void splitFields() {
    fieldCount = 0;
    fieldsEnd = 0;
    int longest = rowEnd - rowStart;
    if (fields.length < longest) {
      fields = new byte[Math.max(longest, fields.length * 2)];
    }
    if (options.csv()) {
      splitCsv();
    } else {
      splitText();
    }
  }

  private void splitText() {
    byte delimiter = options.delimiter();
    int i = rowStart;
    while (true) {
      int fieldStart = i;
      int out = fieldsEnd;
      while (i < rowEnd && data[i] != delimiter) {
        if (data[i] == '\\' && i + 1 < rowEnd) {
          i = unescape(i + 1);
        } else {
          fields[fieldsEnd++] = data[i++];
        }
      }
      boolean isNull = Arrays.equals(data, fieldStart, i, nullText, 0, nullText.length);
      addField(out, isNull ? -1 : fieldsEnd - out, false);
      if (i >= rowEnd) {
        return;
      }
      i++;
    }
  }

  /// Appends what the escape whose letter is at `i` stands for; returns where the text goes on.
  private int unescape(int i) {
    byte c = data[i];
    int next = i + 1;
    int value =
        switch (c) {
          case 'b' -> '\b';
          case 'f' -> '\f';
          case 'n' -> '\n';
          case 'r' -> '\r';
          case 't' -> '\t';
          case 'v' -> 11;
          default -> c;
        };
    if (c >= '0' && c <= '7') {
      value = c - '0';
      for (int digits = 1; digits < 3 && next < rowEnd && isOctal(data[next]); digits++) {
        value = value * 8 + data[next++] - '0';
      }
    } else if (c == 'x' && next < rowEnd && Character.digit(data[next], 16) >= 0) {
      value = Character.digit(data[next++], 16);
      if (next < rowEnd && Character.digit(data[next], 16) >= 0) {
        value = value * 16 + Character.digit(data[next++], 16);
      }
    }
    fields[fieldsEnd++] = (byte) value;
    return next;
  }

  private static boolean isOctal(byte b) {
    return b >= '0' && b <= '7';
  }

  private void splitCsv() {
    byte delimiter = options.delimiter();
    int i = rowStart;
    while (true) {
      int out = fieldsEnd;
      boolean inQuotesOnce = false;
      boolean inside = false;
      while (i < rowEnd) {
        byte b = data[i];
        if (!inside && b == delimiter) {
          break;
        }
        if (inside && b == options.escape() && i + 1 < rowEnd && escapes(data[i + 1])) {
          fields[fieldsEnd++] = data[i + 1];
          i += 2;
        } else if (b == options.quote()) {
          inside = !inside;
          inQuotesOnce = true;
          i++;
        } else {
          fields[fieldsEnd++] = b;
          i++;
        }
      }
      if (inside) {
        throw PgException.error(SqlState.BAD_COPY_FILE_FORMAT, "unterminated CSV quoted field");
      }
      boolean isNull =
          !inQuotesOnce && Arrays.equals(fields, out, fieldsEnd, nullText, 0, nullText.length);
      addField(out, isNull ? -1 : fieldsEnd - out, inQuotesOnce);
      if (i >= rowEnd) {
        return;
      }
      i++;
    }
  }

  private boolean escapes(byte following) {
    return following == options.escape() || following == options.quote();
  }

  private void addField(int at, int fieldLength, boolean inQuotes) {
    if (fieldCount == offset.length) {
      offset = Arrays.copyOf(offset, fieldCount * 2);
      length = Arrays.copyOf(length, fieldCount * 2);
      quoted = Arrays.copyOf(quoted, fieldCount * 2);
    }
    offset[fieldCount] = at;
    length[fieldCount] = fieldLength;
    quoted[fieldCount] = inQuotes;
    fieldCount++;
  }
}
