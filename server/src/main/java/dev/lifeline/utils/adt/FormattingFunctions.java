package dev.lifeline.utils.adt;

import dev.lifeline.utils.fmgr.Call;
import dev.lifeline.utils.fmgr.FnTable;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/// `to_char`, `to_date`, `to_timestamp`, `to_number`: PostgreSQL's `formatting.c`.
final class FormattingFunctions {
  private FormattingFunctions() {}

  static void register(FnTable t) {
    t.callObject("timestamp_to_char", c -> timestamp(c, null));
    t.callObject("timestamptz_to_char", c -> timestamp(c, DateTimeFunctions.zone(c)));
    t.callObject(
        "interval_to_char",
        c ->
            c.text(1).isEmpty() ? null : Text.of(DateToChar.of(c.interval(0)).format(c.string(1))));
    t.callObject("numeric_to_char", c -> number(c.numeric(0), c));
    t.callObject("int4_to_char", c -> number(Numeric.of(c.getLong(0)), c));
    t.callObject("int8_to_char", c -> number(Numeric.of(c.getLong(0)), c));
    t.callObject("float8_to_char", c -> number(decimal(FloatFormat.format(c.getDouble(0), 1)), c));
    t.callObject(
        "float4_to_char", c -> number(decimal(FloatFormat.format((float) c.getDouble(0), 1)), c));
    t.callObject(
        "numeric_to_number",
        c -> c.text(1).isEmpty() ? null : NumberToChar.parse(c.string(0), c.string(1)));
    t.callLong("to_date", c -> DateFromChar.toDate(c.string(0), c.string(1)));
    t.callLong(
        "to_timestamp",
        c -> DateFromChar.toTimestamp(c.string(0), c.string(1), DateTimeFunctions.zone(c)));
  }

  private static Numeric decimal(String digits) {
    return NumericOps.parse(digits);
  }

  private static Text number(Numeric value, Call c) {
    return Text.of(NumberToChar.format(value, c.string(1)));
  }

  private static @Nullable Text timestamp(Call c, @Nullable ZoneId zone) {
    long value = c.getLong(0);
    if (c.text(1).isEmpty() || !DateMath.isFinite(value)) {
      return null;
    }
    long local = zone == null ? value : DateMath.toLocal(value, zone);
    return Text.of(DateToChar.of(local, value, zone).format(c.string(1)));
  }
}
