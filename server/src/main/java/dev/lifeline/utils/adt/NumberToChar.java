package dev.lifeline.utils.adt;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;

/// `to_char` of numbers and `to_number`: the patterns 9 0 . D , G S MI PL SG PR L FM V TH.
final class NumberToChar {
  private final String pattern;
  private final boolean fill;
  private int before;
  private int after;
  private boolean sawPoint;
  private int firstZero = -1;
  private boolean zeroInFraction;
  private int shift;
  private String sign = "";
  private boolean signFirst;

  /// Where in the result the number begins, behind literal text.
  private int numberAt = -1;

  private NumberToChar(String pattern) {
    String upper = pattern.toUpperCase(Locale.ROOT);
    this.fill = upper.contains("FM");
    this.pattern = pattern;
    if (upper.contains("EEEE") || upper.contains("RN")) {
      throw PgException.notSupported("the number pattern \"" + pattern + "\"");
    }
    scan(upper);
  }

  private void scan(String upper) {
    int at = 0;
    while (at < upper.length()) {
      char c = upper.charAt(at);
      if (c == '"') {
        at = Math.max(at, upper.indexOf('"', at + 1));
      } else if (c == '9' || c == '0') {
        digit(c);
      } else if (c == '.' || c == 'D') {
        if (sawPoint) {
          throw PgException.error(SqlState.SYNTAX_ERROR, "multiple decimal points");
        }
        sawPoint = true;
      } else if (c == 'V') {
        shift = -1;
      } else {
        at += word(upper, at) - 1;
      }
      at++;
    }
    shift = Math.max(shift, 0);
  }

  private void digit(char c) {
    if (shift != 0) {
      shift = shift < 0 ? 1 : shift + 1;
      before++;
    } else if (sawPoint) {
      after++;
      zeroInFraction |= c == '0';
    } else {
      if (c == '0' && firstZero < 0) {
        firstZero = before;
      }
      before++;
    }
  }

  /// @return how many letters were taken
  private int word(String upper, int at) {
    for (String word : new String[] {"MI", "PL", "SG", "PR"}) {
      if (upper.startsWith(word, at)) {
        sign = word;
        signFirst = before == 0 && !sawPoint;
        return 2;
      }
    }
    if (upper.charAt(at) == 'S') {
      sign = "S";
      signFirst = before == 0 && !sawPoint;
    }
    return upper.startsWith("FM", at) || upper.startsWith("TH", at) ? 2 : 1;
  }

  static String format(Numeric value, String pattern) {
    NumberToChar layout = new NumberToChar(pattern);
    if (!value.isNumber() && layout.before == 0 && layout.after == 0) {
      return layout.body("", "", false);
    }
    if (!value.isNumber()) {
      String shown = value.isNan() ? "NaN" : "Infinity";
      return layout.fill
          ? shown
          : " ".repeat(Math.max(0, layout.before + 1 - shown.length())) + shown;
    }
    return layout.format(value.number());
  }

  private String format(BigDecimal number) {
    BigDecimal shifted = shift > 0 ? number.movePointRight(shift) : number;
    BigDecimal rounded = shifted.setScale(after, RoundingMode.HALF_UP);
    boolean negative = rounded.signum() < 0;
    String digits = rounded.abs().toPlainString();
    int point = digits.indexOf('.');
    String whole = point < 0 ? digits : digits.substring(0, point);
    String fraction = point < 0 ? "" : digits.substring(point + 1);
    if (whole.equals("0") && before > 0 && after > 0 && firstZero < 0) {
      whole = "";
    }
    boolean overflow = whole.length() > before;
    String body =
        body(
            overflow ? "#".repeat(before) : whole,
            overflow ? "#".repeat(after) : fraction,
            overflow);
    boolean digitPlaces = before > 0 || after > 0 || sawPoint;
    return digitPlaces ? withSign(body, negative) : body;
  }

  /// The digits in their places, with separators, before any sign.
  private String body(String whole, String fraction, boolean overflow) {
    StringBuilder out = new StringBuilder();
    int blanks = before - whole.length();
    int place = 0;
    int fractionAt = 0;
    boolean started = false;
    String upper = pattern.toUpperCase(Locale.ROOT);
    int lastFraction = fractionDigits(fraction, overflow);
    boolean inFraction = false;
    for (int i = 0; i < pattern.length(); i++) {
      char c = upper.charAt(i);
      if (c == '"') {
        int end = pattern.indexOf('"', i + 1);
        end = end < 0 ? pattern.length() : end;
        out.append(pattern, i + 1, end);
        i = end;
      } else if (c == '9' || c == '0') {
        numberAt = numberAt < 0 ? out.length() : numberAt;
        if (inFraction) {
          if (fractionAt < lastFraction) {
            out.append(fraction.charAt(fractionAt));
          }
          fractionAt++;
        } else if (place >= blanks) {
          out.append(whole.charAt(place - blanks));
          started = true;
          place++;
        } else {
          boolean zero = firstZero >= 0 && place >= firstZero;
          out.append(zero ? "0" : fill ? "" : " ");
          started |= zero;
          place++;
        }
      } else if (c == '.' || c == 'D') {
        numberAt = numberAt < 0 ? out.length() : numberAt;
        inFraction = true;
        out.append('.');
      } else if (c == ',' || c == 'G') {
        out.append(started ? "," : fill ? "" : " ");
      } else if (upper.startsWith("FM", i)
          || upper.startsWith("MI", i)
          || upper.startsWith("PL", i)
          || upper.startsWith("SG", i)
          || upper.startsWith("PR", i)) {
        i++;
      } else if (upper.startsWith("TH", i)) {
        out.append(ordinal(whole, pattern.charAt(i) == 'T'));
        i++;
      } else if (c == 'L' || c == '$') {
        out.append(c == 'L' ? " " : "$");
      } else if (c != 'S' && c != 'V' && c != 'B' && c != 'C') {
        out.append(pattern.charAt(i));
      }
    }
    numberAt = Math.max(numberAt, 0);
    return out.toString();
  }

  private static String ordinal(String whole, boolean upper) {
    int last =
        whole.isEmpty() ? 0 : Integer.parseInt(whole.substring(Math.max(0, whole.length() - 2)));
    String suffix =
        last >= 11 && last <= 13
            ? "th"
            : last % 10 == 1 ? "st" : last % 10 == 2 ? "nd" : last % 10 == 3 ? "rd" : "th";
    return upper ? suffix.toUpperCase(Locale.ROOT) : suffix;
  }

  /// With FM, zeros at the end are left out unless the pattern has a 0 there.
  private int fractionDigits(String fraction, boolean overflow) {
    int count = fraction.length();
    if (fill && !zeroInFraction && !overflow) {
      while (count > 0 && fraction.charAt(count - 1) == '0') {
        count--;
      }
    }
    return count;
  }

  private String withSign(String body, boolean negative) {
    return switch (sign) {
      case "MI" -> {
        String mark = negative ? "-" : fill ? "" : " ";
        yield signFirst ? mark + body : body + mark;
      }
      case "PL" -> {
        String mark = negative ? (fill ? "" : " ") : "+";
        String number = negative ? attach(body, "-") : body;
        yield signFirst ? mark + number : number + mark;
      }
      case "SG" -> {
        String mark = negative ? "-" : "+";
        yield signFirst ? mark + body : body + mark;
      }
      case "PR" -> negative ? attach(body, "<") + ">" : fill ? body : " " + body + " ";
      case "S" -> signFirst ? attach(body, negative ? "-" : "+") : body + (negative ? "-" : "+");
      default -> {
        if (negative) {
          yield attach(body, "-");
        }
        yield fill ? body : body.substring(0, numberAt) + " " + body.substring(numberAt);
      }
    };
  }

  /// Puts a sign directly before the first digit.
  private String attach(String body, String mark) {
    int at = numberAt;
    while (at < body.length() && body.charAt(at) == ' ') {
      at++;
    }
    return body.substring(0, at) + mark + body.substring(at);
  }

  /// `to_number`: the digits that stand where the pattern has them.
  static Numeric parse(String text, String pattern) {
    NumberToChar layout = new NumberToChar(pattern);
    StringBuilder digits = new StringBuilder();
    boolean negative = text.contains("-") || (text.contains("<") && layout.sign.equals("PR"));
    boolean point = false;
    int whole = 0;
    int fraction = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= '0' && c <= '9') {
        if (point ? fraction++ < layout.after : whole++ < layout.before) {
          digits.append(c);
        }
      } else if (c == '.' && layout.sawPoint && !point) {
        point = true;
        digits.append('.');
      }
    }
    if (digits.toString().replace(".", "").isEmpty()) {
      throw LongOps.invalidSyntax("numeric", text.isBlank() ? " " : text);
    }
    BigDecimal value =
        new BigDecimal(digits.toString() + (digits.toString().endsWith(".") ? "0" : ""));
    value =
        value.setScale(Math.max(Math.min(layout.after, value.scale()), 0), RoundingMode.HALF_UP);
    return Numeric.of(negative ? value.negate() : value);
  }
}
