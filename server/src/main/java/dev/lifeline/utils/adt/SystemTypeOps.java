package dev.lifeline.utils.adt;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.Locale;

/// The small types of system columns and functions: `pg_lsn`, `xid8`, `tid`.
final class SystemTypeOps {
  private SystemTypeOps() {}

  /// A position in the write-ahead log: `16/B374D848`.
  static final class Lsn extends LongOps {
    Lsn() {
      super(8, false);
    }

    @Override
    long parse(String text, int typmod, EvalContext context) {
      int slash = text.indexOf('/');
      if (!text.matches("[0-9A-Fa-f]{1,8}/[0-9A-Fa-f]{1,8}")) {
        throw invalidSyntax("pg_lsn", text);
      }
      return Long.parseLong(text.substring(0, slash), 16) << 32
          | Long.parseLong(text.substring(slash + 1), 16);
    }

    @Override
    void format(long value, EvalContext context, ByteWriter out) {
      out.ascii(Long.toHexString(value >>> 32).toUpperCase(Locale.ROOT));
      out.int8('/');
      out.ascii(Long.toHexString(value & 0xFFFF_FFFFL).toUpperCase(Locale.ROOT));
    }

    @Override
    int compareLongs(long a, long b) {
      return Long.compareUnsigned(a, b);
    }
  }

  /// A transaction id of 64 bits.
  static final class Xid8 extends LongOps {
    Xid8() {
      super(8, false);
    }

    @Override
    long parse(String text, int typmod, EvalContext context) {
      try {
        return Long.parseUnsignedLong(text.strip());
      } catch (NumberFormatException e) {
        throw invalidSyntax("xid8", text);
      }
    }

    @Override
    void format(long value, EvalContext context, ByteWriter out) {
      out.ascii(Long.toUnsignedString(value));
    }

    @Override
    int compareLongs(long a, long b) {
      return Long.compareUnsigned(a, b);
    }
  }

  /// Where a tuple is: `(block,offset)`; in memory block << 16 | offset.
  static final class Tid extends LongOps {
    Tid() {
      super(6, false);
    }

    @Override
    long parse(String text, int typmod, EvalContext context) {
      String trimmed = text.strip();
      if (!trimmed.matches("\\([0-9]{1,10},[0-9]{1,5}\\)")) {
        throw invalidSyntax("tid", text);
      }
      int comma = trimmed.indexOf(',');
      long block = Long.parseLong(trimmed.substring(1, comma));
      long offset = Long.parseLong(trimmed.substring(comma + 1, trimmed.length() - 1));
      if (block > 0xFFFF_FFFFL || offset > 0xFFFF) {
        throw PgException.error(
            SqlState.INVALID_TEXT_REPRESENTATION,
            "invalid input syntax for type %s: \"%s\"",
            "tid",
            text);
      }
      return block << 16 | offset;
    }

    @Override
    void format(long value, EvalContext context, ByteWriter out) {
      out.int8('(');
      out.decimal(value >>> 16);
      out.int8(',');
      out.decimal(value & 0xFFFF);
      out.int8(')');
    }
  }
}
