package dev.lifeline.utils.adt;

import java.nio.charset.StandardCharsets;

/// Writes JSON.
final class JsonText {
  private static final String HEX = "0123456789abcdef";

  private JsonText() {}

  /// A string in quotes, with what must be escaped.
  static void quote(String string, StringBuilder out) {
    out.append('"');
    for (int i = 0; i < string.length(); i++) {
      char c = string.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\b' -> out.append("\\b");
        case '\f' -> out.append("\\f");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < ' ') {
            out.append("\\u00").append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 15));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }

  /// As `jsonb_out` does.
  static String of(Jsonb value) {
    StringBuilder out = new StringBuilder();
    write(value, out);
    return out.toString();
  }

  private static void write(Jsonb value, StringBuilder out) {
    switch (value) {
      case Jsonb.Arr array -> {
        out.append('[');
        for (int i = 0; i < array.items().size(); i++) {
          out.append(i == 0 ? "" : ", ");
          write(array.items().get(i), out);
        }
        out.append(']');
      }
      case Jsonb.Obj object -> {
        out.append('{');
        for (int i = 0; i < object.keys().size(); i++) {
          out.append(i == 0 ? "" : ", ");
          quote(object.keys().get(i), out);
          out.append(": ");
          write(object.values().get(i), out);
        }
        out.append('}');
      }
      default -> scalar(value, out);
    }
  }

  private static void scalar(Jsonb value, StringBuilder out) {
    switch (value) {
      case Jsonb.Null n -> out.append("null");
      case Jsonb.Bool b -> out.append(b.value());
      case Jsonb.Num n -> out.append(n.value());
      case Jsonb.Str s -> quote(s.value(), out);
      default -> throw new IllegalArgumentException("no scalar");
    }
  }

  /// As `jsonb_pretty` does.
  static String pretty(Jsonb value) {
    StringBuilder out = new StringBuilder();
    pretty(value, 0, out);
    return out.toString();
  }

  private static void pretty(Jsonb value, int level, StringBuilder out) {
    if (value.isScalar()) {
      scalar(value, out);
      return;
    }
    boolean array = value instanceof Jsonb.Arr;
    var items = value instanceof Jsonb.Obj o ? o.values() : ((Jsonb.Arr) value).items();
    out.append(array ? '[' : '{');
    for (int i = 0; i < items.size(); i++) {
      out.append(i == 0 ? "" : ",");
      indent(level + 1, out);
      if (value instanceof Jsonb.Obj o) {
        quote(o.keys().get(i), out);
        out.append(": ");
      }
      pretty(items.get(i), level + 1, out);
    }
    indent(level, out);
    out.append(array ? ']' : '}');
  }

  private static void indent(int level, StringBuilder out) {
    out.append('\n').append("    ".repeat(level));
  }

  /// As the operators that end with `>` twice do: a string without quotes, null for JSON's null.
  static Text unquoted(Jsonb value) {
    return Text.of(value instanceof Jsonb.Str s ? s.value() : of(value));
  }

  static byte[] bytes(Jsonb value) {
    return of(value).getBytes(StandardCharsets.UTF_8);
  }
}
