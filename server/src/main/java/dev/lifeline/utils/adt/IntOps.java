package dev.lifeline.utils.adt;

import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.nio.charset.StandardCharsets;

/// `smallint`, `integer` and `bigint`.
final class IntOps extends LongOps {
  private final String name;
  private final long min;
  private final long max;

  IntOps(int width, String name) {
    super(width, true);
    this.name = name;
    this.max = Long.MAX_VALUE >>> (64 - width * 8);
    this.min = -max - 1;
  }

  @Override
  public void input(
      byte[] text, int offset, int length, int typmod, EvalContext context, Column out, int row) {
    int at = offset;
    int end = offset + length;
    while (at < end && isSpace(text[at])) {
      at++;
    }
    while (end > at && isSpace(text[end - 1])) {
      end--;
    }
    boolean negative = at < end && text[at] == '-';
    if (at < end && (negative || text[at] == '+')) {
      at++;
    }
    if (at == end) {
      throw invalidSyntax(name, string(text, offset, length));
    }
    // Summed up below zero, where there is room for the smallest number as well.
    long value = 0;
    boolean overflow = false;
    for (; at < end; at++) {
      int digit = text[at] - '0';
      if (digit < 0 || digit > 9) {
        // Digits that are too many are noticed before what comes behind them.
        String shown = string(text, offset, length);
        throw overflow || value < min ? outOfRange(shown) : invalidSyntax(name, shown);
      }
      if (value < -922_337_203_685_477_580L || (value == -922_337_203_685_477_580L && digit > 8)) {
        overflow = true;
      }
      value = value * 10 - digit;
    }
    if (overflow || (negative ? value < min : value < -max)) {
      throw outOfRange(string(text, offset, length));
    }
    out.setLong(row, negative ? value : -value);
  }

  private PgException outOfRange(String shown) {
    return PgException.error(
        SqlState.NUMERIC_VALUE_OUT_OF_RANGE,
        "value \"%s\" is out of range for type %s",
        shown,
        name);
  }

  @Override
  long parse(String text, int typmod, EvalContext context) {
    Column out = new Column(rep(), 1);
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    input(bytes, 0, bytes.length, typmod, context, out, 0);
    return out.getLong(0);
  }

  @Override
  void format(long value, EvalContext context, ByteWriter out) {
    out.decimal(value);
  }

  static boolean isSpace(byte b) {
    return b == ' ' || (b >= 9 && b <= 13);
  }

  private static String string(byte[] text, int offset, int length) {
    return new String(text, offset, length, StandardCharsets.UTF_8);
  }
}
