package dev.lifeline.utils.adt;

import dev.lifeline.utils.fmgr.Call;
import dev.lifeline.utils.fmgr.FnTable;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Concatenation of values of any type: `||` with a string, `concat`, `concat_ws`.
final class ConcatFunctions {
  private ConcatFunctions() {}

  static void register(FnTable t) {
    t.callObject("textanycat(25,2776)", c -> c.text(0).concat(Text.of(cast(c, 1))));
    t.callObject("anytextcat(2776,25)", c -> Text.of(cast(c, 0)).concat(c.text(1)));
    t.callObject("text_concat", ConcatFunctions::concat);
    t.callObject("text_concat_ws", ConcatFunctions::concatWithSeparator);
    t.callObject(
        "nameconcatoid",
        c -> {
          String suffix = "_" + Long.toString(c.getLong(1));
          byte[] name = c.text(0).bytes();
          int end = TextOps.clip(name, TextOps.NAME_BYTES_MAX - suffix.length());
          return c.text(0).slice(0, end).concat(Text.of(suffix));
        });
  }

  /// An argument as its cast to text gives it: for a boolean that is another form than its output.
  private static String cast(Call c, int i) {
    return c.site().argType(i) == Types.BOOL ? Boolean.toString(c.getBool(i)) : text(c, i);
  }

  private static String text(Call c, int argument) {
    return QuoteFunctions.textOf(c, argument);
  }

  private static @Nullable Text concat(Call c) {
    ByteWriter out = new ByteWriter();
    if (c.site().variadic()) {
      if (c.isNull(0)) {
        return null;
      }
      appendElements(c, c.array(0), new byte[0], out);
    } else {
      for (int i = 0; i < c.count(); i++) {
        if (!c.isNull(i)) {
          append(c, i, out);
        }
      }
    }
    return Text.wrap(out.toBytes());
  }

  private static @Nullable Text concatWithSeparator(Call c) {
    if (c.isNull(0)) {
      return null;
    }
    byte[] separator = c.text(0).bytes();
    ByteWriter out = new ByteWriter();
    if (c.site().variadic()) {
      if (c.isNull(1)) {
        return null;
      }
      appendElements(c, c.array(1), separator, out);
      return Text.wrap(out.toBytes());
    }
    boolean first = true;
    for (int i = 1; i < c.count(); i++) {
      if (!c.isNull(i)) {
        if (!first) {
          out.bytes(separator);
        }
        first = false;
        append(c, i, out);
      }
    }
    return Text.wrap(out.toBytes());
  }

  private static void append(Call c, int argument, ByteWriter out) {
    Object value = Objects.requireNonNull(c.boxed(argument));
    if (value instanceof Text text) {
      out.bytes(text.bytes());
    } else {
      out.bytes(text(c, argument).getBytes(StandardCharsets.UTF_8));
    }
  }

  private static void appendElements(Call c, PgArray array, byte[] separator, ByteWriter out) {
    boolean first = true;
    for (int i = 0; i < array.size(); i++) {
      if (array.elements().isNull(i)) {
        continue;
      }
      if (!first) {
        out.bytes(separator);
      }
      first = false;
      array.elementType().ops().output(array.elements(), i, c.context(), out);
    }
  }
}
