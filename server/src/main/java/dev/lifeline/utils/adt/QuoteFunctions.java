package dev.lifeline.utils.adt;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import dev.lifeline.utils.fmgr.Call;
import dev.lifeline.utils.fmgr.FnTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Quoting: `quote_ident`, `quote_literal`, `quote_nullable`, `format`, `parse_ident`.
final class QuoteFunctions {
  private QuoteFunctions() {}

  static void register(FnTable t) {
    t.o1("quote_ident", (Text a) -> Text.of(QuoteIdent.quote(a.toString())));
    t.o1("quote_literal", (Text a) -> Text.of(literal(a.toString())));
    t.callObject("quote_literal(2283)", c -> Text.of(literal(textOf(c, 0))));
    t.callObject("quote_nullable", QuoteFunctions::nullable);
    t.callObject("quote_nullable(2283)", QuoteFunctions::nullable);
    t.callObject("text_format", QuoteFunctions::format);
    t.callObject("text_format_nv", QuoteFunctions::format);
    t.callObject("parse_ident", QuoteFunctions::parseIdent);
  }

  /// A string as SQL would have to write it.
  static String literal(String value) {
    String quoted = value.replace("'", "''");
    return value.indexOf('\\') >= 0
        ? "E'" + quoted.replace("\\", "\\\\") + "'"
        : "'" + quoted + "'";
  }

  private static Text nullable(Call c) {
    return Text.of(c.isNull(0) ? "NULL" : literal(textOf(c, 0)));
  }

  /// The text form of an argument of any type.
  static String textOf(Call c, int argument) {
    return Values.write(
        Types.get(c.site().argType(argument)),
        Objects.requireNonNull(c.boxed(argument)),
        c.context());
  }

  /// The arguments of `format`, which may come as an array after VARIADIC.
  private static List<@Nullable String> formatArguments(Call c) {
    List<@Nullable String> values = new ArrayList<>();
    if (c.site().variadic()) {
      if (!c.isNull(c.count() - 1)) {
        PgArray array = c.array(c.count() - 1);
        for (int i = 0; i < array.size(); i++) {
          Object value = Values.get(array.elements(), i);
          values.add(value == null ? null : Values.write(array.elementType(), value, c.context()));
        }
      }
      return values;
    }
    for (int i = 1; i < c.count(); i++) {
      values.add(c.isNull(i) ? null : textOf(c, i));
    }
    return values;
  }

  private static @Nullable Text format(Call c) {
    if (c.isNull(0)) {
      return null;
    }
    return Text.of(new Formatter(c.string(0), formatArguments(c)).run());
  }

  private static PgException formatError(String message, Object... args) {
    return Errors.invalidParameter(message, args);
  }

  /// `format()`: like C's sprintf, with conversions s, I and L.
  private static final class Formatter {
    private final String format;
    private final List<@Nullable String> args;
    private final StringBuilder out = new StringBuilder();
    private int at;
    private int nextArg;

    Formatter(String format, List<@Nullable String> args) {
      this.format = format;
      this.args = args;
    }

    String run() {
      while (at < format.length()) {
        char c = format.charAt(at++);
        if (c != '%') {
          out.append(c);
        } else if (at < format.length() && format.charAt(at) == '%') {
          out.append('%');
          at++;
        } else {
          conversion();
        }
      }
      return out.toString();
    }

    private char peek() {
      if (at >= format.length()) {
        throw formatError("unterminated format() type specifier")
            .hint("For a single \"%\" use \"%%\".");
      }
      return format.charAt(at);
    }

    private int number() {
      int value = 0;
      while (peek() >= '0' && peek() <= '9') {
        value = value * 10 + (format.charAt(at++) - '0');
        if (value > 1_000_000_000) {
          throw PgException.error(SqlState.NUMERIC_VALUE_OUT_OF_RANGE, "number is out of range");
        }
      }
      return value;
    }

    private void conversion() {
      int position = -1;
      boolean left = false;
      int width = 0;
      int start = at;
      if (peek() >= '0' && peek() <= '9') {
        int number = number();
        if (peek() == '$') {
          if (number == 0) {
            throw formatError("format specifies argument 0, but arguments are numbered from 1");
          }
          position = number;
          at++;
        } else {
          at = start;
        }
      }
      while (peek() == '-') {
        left = true;
        at++;
      }
      if (peek() == '*') {
        at++;
        width = starWidth();
        if (width < 0) {
          left = true;
          width = -width;
        }
      } else {
        width = number();
      }
      char type = peek();
      at++;
      if (type != 's' && type != 'I' && type != 'L') {
        throw formatError("unrecognized format() type specifier \"%s\"", type)
            .hint("For a single \"%\" use \"%%\".");
      }
      if (position > 0) {
        nextArg = position - 1;
      }
      append(convert(type, argument()), width, left);
    }

    private int starWidth() {
      int start = at;
      int position = number();
      if (at > start) {
        if (peek() != '$') {
          throw formatError("width argument position must be ended by \"$\"");
        }
        at++;
        if (position == 0) {
          throw formatError("format specifies argument 0, but arguments are numbered from 1");
        }
        nextArg = position - 1;
      }
      String width = argument();
      return width == null ? 0 : Integer.parseInt(width);
    }

    private @Nullable String argument() {
      if (nextArg >= args.size()) {
        throw formatError("too few arguments for format()");
      }
      return args.get(nextArg++);
    }

    private static String convert(char type, @Nullable String value) {
      if (value == null) {
        if (type == 'I') {
          throw PgException.error(
              SqlState.NULL_VALUE_NOT_ALLOWED,
              "null values cannot be formatted as an SQL identifier");
        }
        return type == 'L' ? "NULL" : "";
      }
      return switch (type) {
        case 'I' -> QuoteIdent.quote(value);
        case 'L' -> literal(value);
        default -> value;
      };
    }

    private void append(String value, int width, boolean left) {
      int missing = Math.max(0, width - value.codePointCount(0, value.length()));
      out.append(left ? "" : " ".repeat(missing)).append(value);
      out.append(left ? " ".repeat(missing) : "");
    }
  }

  private static PgArray parseIdent(Call c) {
    List<String> names = Identifiers.split(c.string(0), c.getBool(1));
    return PgArrays.ofTexts(names);
  }
}
