package dev.lifeline.utils.adt;

import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// `text`, `varchar(n)`, `char(n)`, `name` and what else is a string in memory (`unknown`,
/// `cstring`, `refcursor`, `pg_node_tree`, `aclitem`).
final class TextOps extends ObjectOps<Text> {
  /// What the length in a type modifier means.
  enum Kind {
    /// No limit.
    TEXT,
    VARCHAR,
    /// Padded with blanks to its length; trailing blanks do not count in comparisons.
    BPCHAR,
    /// Cut to 63 bytes.
    NAME
  }

  /// Type modifiers of strings are the length and the size of a varlena's header.
  static final int HEADER = 4;

  static final int NAME_BYTES_MAX = 63;

  private final Kind kind;

  TextOps(Kind kind) {
    this.kind = kind;
  }

  @Override
  public void input(
      byte[] text, int offset, int length, int typmod, EvalContext context, Column out, int row) {
    out.setObject(row, receive(text, offset, length, typmod, context));
  }

  @Override
  Text parse(String text, int typmod, EvalContext context) {
    return fit(Text.of(text), typmod, false);
  }

  @Override
  Text receive(byte[] data, int offset, int length, int typmod, EvalContext context) {
    return fit(WireFormat.text(data, offset, length), typmod, false);
  }

  /// The value as the type modifier wants it.
  ///
  /// @param explicit whether a cast was asked for, which cuts silently
  Text fit(Text value, int typmod, boolean explicit) {
    return switch (kind) {
      case TEXT -> value;
      case VARCHAR -> varchar(value, typmod, explicit);
      case BPCHAR -> bpchar(value, typmod, explicit);
      case NAME -> name(value);
    };
  }

  static Text varchar(Text value, int typmod, boolean explicit) {
    int max = typmod - HEADER;
    if (typmod < HEADER || value.byteLength() <= max || value.charLength() <= max) {
      return value;
    }
    int end = value.offsetOfChar(max);
    if (!explicit) {
      checkOnlyBlanks(value, end, "character varying", max);
    }
    return value.slice(0, end);
  }

  static Text bpchar(Text value, int typmod, boolean explicit) {
    int max = typmod - HEADER;
    if (typmod < HEADER) {
      return value;
    }
    int chars = value.charLength();
    if (chars > max) {
      int end = value.offsetOfChar(max);
      if (!explicit) {
        checkOnlyBlanks(value, end, "character", max);
      }
      return value.slice(0, end);
    }
    if (chars == max) {
      return value;
    }
    byte[] padded = Arrays.copyOf(value.bytes(), value.byteLength() + max - chars);
    Arrays.fill(padded, value.byteLength(), padded.length, (byte) ' ');
    return Text.wrap(padded);
  }

  static Text name(Text value) {
    return value.byteLength() <= NAME_BYTES_MAX
        ? value
        : value.slice(0, clip(value.bytes(), NAME_BYTES_MAX));
  }

  /// The largest length up to the limit that does not cut a character in two.
  static int clip(byte[] utf8, int limit) {
    int end = Math.min(limit, utf8.length);
    while (end > 0 && end < utf8.length && (utf8[end] & 0xC0) == 0x80) {
      end--;
    }
    return end;
  }

  private static void checkOnlyBlanks(Text value, int from, String type, int max) {
    byte[] bytes = value.bytes();
    for (int i = from; i < bytes.length; i++) {
      if (bytes[i] != ' ') {
        throw PgException.error(
            SqlState.STRING_DATA_RIGHT_TRUNCATION, "value too long for type %s(%d)", type, max);
      }
    }
  }

  /// The string without its trailing blanks: what counts of a `char(n)`.
  static Text trimBlanks(Text value) {
    return value.slice(0, trimmedLength(value));
  }

  static int trimmedLength(Text value) {
    byte[] bytes = value.bytes();
    int length = bytes.length;
    while (length > 0 && bytes[length - 1] == ' ') {
      length--;
    }
    return length;
  }

  static int compareBpchar(Text a, Text b) {
    return Arrays.compareUnsigned(a.bytes(), 0, trimmedLength(a), b.bytes(), 0, trimmedLength(b));
  }

  @Override
  void format(Text value, EvalContext context, ByteWriter out) {
    out.bytes(value.bytes());
  }

  @Override
  void send(Text value, EvalContext context, ByteWriter out) {
    out.bytes(value.bytes());
  }

  @Override
  int compareValues(Text a, Text b) {
    return kind == Kind.BPCHAR ? compareBpchar(a, b) : a.compareTo(b);
  }

  @Override
  long hashValue(Text value) {
    return kind == Kind.BPCHAR ? trimBlanks(value).hashCode() : value.hashCode();
  }

  @Override
  void encodeKey(Text value, ByteWriter out) {
    encodeBytes(kind == Kind.BPCHAR ? trimBlanks(value).bytes() : value.bytes(), out);
  }

  /// Of a `char(n)` the key has not the blanks at its end.
  @Override
  public KeyForm keyForm() {
    return kind == Kind.BPCHAR ? KeyForm.DELIMITED : KeyForm.EXACT;
  }

  @Override
  public int decodeKey(byte[] key, int from, boolean inverted, @Nullable Column out, int row) {
    int end = endOfBytes(key, from, inverted);
    if (out != null) {
      out.setObject(row, Text.wrap(decodeBytes(key, from, end, inverted)));
    }
    return end;
  }

  @Override
  void store(Text value, ByteWriter out) {
    out.bytes(value.bytes());
  }

  @Override
  Text load(MemorySegment page, long offset, int length) {
    return Text.wrap(copy(page, offset, length));
  }
}
