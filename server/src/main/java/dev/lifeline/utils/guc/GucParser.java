package dev.lifeline.utils.guc;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.Severity;
import dev.lifeline.utils.error.SqlState;
import java.math.BigDecimal;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Reads the text of a parameter's value, with PostgreSQL's rules and errors.
final class GucParser {
  private GucParser() {}

  /// The value that the text means: a Boolean, Long, Double or String according to the type.
  static Object parse(Guc<?> guc, String text) {
    return switch (guc.type()) {
      case BOOL -> {
        Boolean value = parseBool(text);
        if (value == null) {
          throw invalid("parameter \"" + guc.name() + "\" requires a Boolean value");
        }
        yield value;
      }
      case INTEGER -> parseInteger(guc, text);
      case REAL -> parseReal(guc, text);
      case ENUM -> parseEnum(guc, text);
      case STRING -> text;
    };
  }

  /// Any unambiguous prefix of true, false, yes, no, on, off; 1 or 0. Null where it is none of
  /// them.
  static @Nullable Boolean parseBool(String text) {
    String word = text.strip().toLowerCase(Locale.ROOT);
    if (word.isEmpty()) {
      return null;
    }
    if ("true".startsWith(word)
        || "yes".startsWith(word)
        || word.equals("on")
        || word.equals("1")) {
      return true;
    }
    if ("false".startsWith(word)
        || "no".startsWith(word)
        || word.equals("off")
        || word.equals("of")
        || word.equals("0")) {
      return false;
    }
    return null;
  }

  private static Long parseInteger(Guc<?> guc, String text) {
    double rounded = Math.rint(number(guc, text, true));
    if (Math.abs(rounded) > Integer.MAX_VALUE) {
      throw invalid("invalid value for parameter \"%s\": \"%s\"".formatted(guc.name(), text))
          .hint("Value exceeds integer range.");
    }
    if (rounded < guc.min() || rounded > guc.max()) {
      throw outOfRange(guc, "" + (long) rounded, "" + (long) guc.min(), "" + (long) guc.max());
    }
    return (long) rounded;
  }

  private static Double parseReal(Guc<?> guc, String text) {
    double value = number(guc, text, false);
    if (Double.isNaN(value) || value < guc.min() || value > guc.max()) {
      throw outOfRange(guc, formatReal(value), formatReal(guc.min()), formatReal(guc.max()));
    }
    return value;
  }

  private static double number(Guc<?> guc, String text, boolean integer) {
    String trimmed = text.strip();
    int end = numberEnd(trimmed);
    if (end == 0) {
      throw invalid("invalid value for parameter \"%s\": \"%s\"".formatted(guc.name(), text));
    }
    double value = parseNumber(guc, text, trimmed.substring(0, end), integer);
    String unit = trimmed.substring(end).strip();
    if (unit.isEmpty()) {
      return value;
    }
    Double factor = guc.unit().factorFrom(unit);
    if (factor == null) {
      PgException error =
          invalid("invalid value for parameter \"%s\": \"%s\"".formatted(guc.name(), text));
      throw guc.unit() == GucUnit.NONE ? error : error.hint(guc.unit().hint());
    }
    return value * factor;
  }

  private static double parseNumber(Guc<?> guc, String text, String digits, boolean integer) {
    try {
      String unsigned =
          digits.startsWith("-") || digits.startsWith("+") ? digits.substring(1) : digits;
      if (integer && (unsigned.startsWith("0x") || unsigned.startsWith("0X"))) {
        long hex = Long.parseLong(unsigned.substring(2), 16);
        return digits.startsWith("-") ? -hex : hex;
      }
      boolean octal =
          integer
              && unsigned.length() > 1
              && unsigned.chars().allMatch(c -> c >= '0' && c <= '7')
              && unsigned.startsWith("0");
      if (octal) {
        long value = Long.parseLong(unsigned, 8);
        return digits.startsWith("-") ? -value : value;
      }
      return Double.parseDouble(digits);
    } catch (NumberFormatException e) {
      throw invalid("invalid value for parameter \"%s\": \"%s\"".formatted(guc.name(), text));
    }
  }

  private static int numberEnd(String text) {
    int i = 0;
    if (i < text.length() && (text.charAt(i) == '-' || text.charAt(i) == '+')) {
      i++;
    }
    if (text.startsWith("0x", i) || text.startsWith("0X", i)) {
      i += 2;
      while (i < text.length() && Character.digit(text.charAt(i), 16) >= 0) {
        i++;
      }
      return i;
    }
    int digits = 0;
    while (i < text.length() && (isDigit(text.charAt(i)) || text.charAt(i) == '.')) {
      digits += isDigit(text.charAt(i)) ? 1 : 0;
      i++;
    }
    if (digits == 0) {
      return 0;
    }
    return exponentEnd(text, i);
  }

  private static int exponentEnd(String text, int at) {
    int i = at;
    if (i < text.length() && (text.charAt(i) == 'e' || text.charAt(i) == 'E')) {
      int j = i + 1;
      if (j < text.length() && (text.charAt(j) == '-' || text.charAt(j) == '+')) {
        j++;
      }
      if (j < text.length() && isDigit(text.charAt(j))) {
        while (j < text.length() && isDigit(text.charAt(j))) {
          j++;
        }
        i = j;
      }
    }
    return i;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static String parseEnum(Guc<?> guc, String text) {
    String wanted = text.strip();
    for (String value : guc.enumValues()) {
      if (value.equalsIgnoreCase(wanted)) {
        return value;
      }
    }
    // Enums with an on and an off also take the other spellings of a Boolean.
    Boolean bool = parseBool(wanted);
    String canonical = bool == null ? "" : bool ? "on" : "off";
    if (guc.enumValues().contains(canonical)) {
      return canonical;
    }
    throw invalid("invalid value for parameter \"%s\": \"%s\"".formatted(guc.name(), text))
        .hint("%s", "Available values: " + String.join(", ", guc.enumValues()) + ".");
  }

  static String formatReal(double value) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      return Double.toString(value);
    }
    if (value == Math.rint(value) && Math.abs(value) < 1e6) {
      return Long.toString((long) value);
    }
    if (Math.abs(value) >= 1e6) {
      String text = String.format(Locale.ROOT, "%.5e", value);
      return text.replaceFirst("\\.?0+e", "e");
    }
    return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
  }

  private static PgException invalid(String message) {
    return new PgException(Severity.ERROR, SqlState.INVALID_PARAMETER_VALUE, message);
  }

  private static PgException outOfRange(Guc<?> guc, String value, String min, String max) {
    String unit = guc.unit().label();
    String suffix = unit.isEmpty() ? "" : " " + unit;
    return invalid(
        "%s%s is outside the valid range for parameter \"%s\" (%s .. %s)"
            .formatted(value, suffix, guc.name(), min, max));
  }
}
