package dev.lifeline.utils.adt;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;

/// `oid`, `xid`, `cid`: unsigned numbers of 32 bits.
class OidOps extends LongOps {
  private final String name;

  OidOps(String name) {
    super(4, false);
    this.name = name;
  }

  @Override
  long parse(String text, int typmod, EvalContext context) {
    String digits = text.strip();
    long value;
    try {
      value = Long.parseLong(digits);
    } catch (NumberFormatException e) {
      if (digits.matches("[+-]?[0-9]+")) {
        throw outOfRange(text);
      }
      throw invalidSyntax(name, text);
    }
    // As in PostgreSQL, negative numbers down to the smallest int are taken for large ones.
    if (value > 0xFFFF_FFFFL || value < Integer.MIN_VALUE) {
      throw outOfRange(text);
    }
    return value & 0xFFFF_FFFFL;
  }

  private PgException outOfRange(String text) {
    return PgException.error(
        SqlState.NUMERIC_VALUE_OUT_OF_RANGE,
        "value \"%s\" is out of range for type %s",
        text,
        name);
  }

  @Override
  void format(long value, EvalContext context, ByteWriter out) {
    out.decimal(value);
  }
}
