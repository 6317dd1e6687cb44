package dev.lifeline.utils.adt;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;

/// The text form of floating-point numbers: the shortest digits that read back as the same number,
/// or, where `extra_float_digits` is not positive, so many significant digits as C's `%g` gives.
final class FloatFormat {
  private static final int DOUBLE_DIGITS = 15;
  private static final int FLOAT_DIGITS = 6;

  /// Below these the middle between two numbers has more digits than any shortest form.
  private static final double DOUBLE_MIDDLES = 0x1p51;

  private static final float FLOAT_MIDDLES = 0x1p22f;

  private FloatFormat() {}

  static String format(double value, int extraDigits) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      return Double.toString(value);
    }
    if (extraDigits > 0) {
      return layout(
          shortest(Double.toString(value), value),
          DOUBLE_DIGITS,
          value < 0 || isNegativeZero(value));
    }
    return rounded(new BigDecimal(value), DOUBLE_DIGITS + extraDigits, isNegativeZero(value));
  }

  static String format(float value, int extraDigits) {
    if (Float.isNaN(value) || Float.isInfinite(value)) {
      return Float.toString(value);
    }
    boolean negativeZero = isNegativeZero(value);
    if (extraDigits > 0) {
      BigDecimal digits = shortestOf(new BigDecimal(Float.toString(value)), value);
      return layout(digits, FLOAT_DIGITS, value < 0 || negativeZero);
    }
    return rounded(new BigDecimal(value), FLOAT_DIGITS + extraDigits, negativeZero);
  }

  private static boolean isNegativeZero(double value) {
    return value == 0 && 1 / value < 0;
  }

  /// Java's shortest digits are never fewer than two; one may do. They may also lie in the middle
  /// between two numbers, which PostgreSQL leaves to no reader's rounding.
  private static BigDecimal shortest(String digits, double value) {
    BigDecimal exact = new BigDecimal(digits).stripTrailingZeros();
    if (Math.abs(value) >= DOUBLE_MIDDLES && isMiddle(exact, value, Math.ulp(value))) {
      return longer(exact, value, Math.ulp(value));
    }
    if (exact.precision() == 2) {
      BigDecimal one = exact.round(new MathContext(1, RoundingMode.HALF_EVEN));
      if (one.doubleValue() == value) {
        return one;
      }
    }
    return exact;
  }

  private static boolean isMiddle(BigDecimal digits, double value, double ulp) {
    BigDecimal distance = digits.subtract(new BigDecimal(value)).abs();
    return distance.compareTo(new BigDecimal(ulp / 2)) == 0;
  }

  /// The first form with more digits that is nearer to the number than the middle.
  private static BigDecimal longer(BigDecimal digits, double value, double ulp) {
    BigDecimal exact = new BigDecimal(value);
    BigDecimal result = digits;
    for (int more = digits.precision() + 1; isMiddle(result, value, ulp); more++) {
      result = exact.round(new MathContext(more, RoundingMode.HALF_EVEN)).stripTrailingZeros();
    }
    return result;
  }

  private static BigDecimal shortestOf(BigDecimal digits, float value) {
    BigDecimal exact = digits.stripTrailingZeros();
    if (Math.abs(value) >= FLOAT_MIDDLES && isMiddle(exact, value, Math.ulp(value))) {
      return longer(exact, value, Math.ulp(value));
    }
    if (exact.precision() == 2) {
      BigDecimal one = exact.round(new MathContext(1, RoundingMode.HALF_EVEN));
      if (one.floatValue() == value) {
        return one;
      }
    }
    return exact;
  }

  private static String rounded(BigDecimal value, int digits, boolean negativeZero) {
    int precision = Math.max(digits, 1);
    BigDecimal rounded = value.round(new MathContext(precision, RoundingMode.HALF_EVEN));
    return layout(rounded.stripTrailingZeros(), precision, rounded.signum() < 0 || negativeZero);
  }

  /// Writes digits plainly where the exponent is small, else with an exponent of two digits or
  /// more.
  private static String layout(BigDecimal value, int plainDigits, boolean negative) {
    String sign = negative ? "-" : "";
    if (value.signum() == 0) {
      return sign + "0";
    }
    BigDecimal magnitude = value.abs();
    int exponent = magnitude.precision() - magnitude.scale() - 1;
    if (exponent >= -4 && exponent < plainDigits) {
      return sign + magnitude.toPlainString();
    }
    String digits = magnitude.unscaledValue().toString();
    StringBuilder out = new StringBuilder(sign).append(digits.charAt(0));
    if (digits.length() > 1) {
      out.append('.').append(digits, 1, digits.length());
    }
    out.append('e').append(exponent < 0 ? '-' : '+');
    int e = Math.abs(exponent);
    return out.append(e < 10 ? "0" : "").append(e).toString();
  }

  static double parseDouble(String text) {
    String trimmed = text.strip();
    double special = special(trimmed);
    if (special != 0) {
      return special;
    }
    checkSyntax(trimmed, "double precision", text);
    double value = Double.parseDouble(trimmed);
    if (Double.isInfinite(value) || (value == 0 && hasNonZeroDigit(trimmed))) {
      throw outOfRange(text, "double precision");
    }
    return value;
  }

  static double parseFloat(String text) {
    String trimmed = text.strip();
    double special = special(trimmed);
    if (special != 0) {
      return special;
    }
    checkSyntax(trimmed, "real", text);
    float value = Float.parseFloat(trimmed);
    if (Float.isInfinite(value) || (value == 0 && hasNonZeroDigit(trimmed))) {
      throw outOfRange(text, "real");
    }
    return value;
  }

  private static PgException outOfRange(String text, String type) {
    return PgException.error(
        SqlState.NUMERIC_VALUE_OUT_OF_RANGE,
        "\"%s\" is out of range for type %s",
        text.strip(),
        type);
  }

  /// NaN and the infinities; 0 for everything else.
  private static double special(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "nan" -> Double.NaN;
      case "infinity", "+infinity", "inf", "+inf" -> Double.POSITIVE_INFINITY;
      case "-infinity", "-inf" -> Double.NEGATIVE_INFINITY;
      default -> 0;
    };
  }

  private static void checkSyntax(String text, String type, String shown) {
    int i = 0;
    int n = text.length();
    if (i < n && (text.charAt(i) == '+' || text.charAt(i) == '-')) {
      i++;
    }
    int digits = 0;
    while (i < n && isDigit(text.charAt(i))) {
      i++;
      digits++;
    }
    if (i < n && text.charAt(i) == '.') {
      i++;
      while (i < n && isDigit(text.charAt(i))) {
        i++;
        digits++;
      }
    }
    boolean ok = digits > 0;
    if (ok && i < n && (text.charAt(i) == 'e' || text.charAt(i) == 'E')) {
      i++;
      if (i < n && (text.charAt(i) == '+' || text.charAt(i) == '-')) {
        i++;
      }
      ok = i < n;
      while (i < n && isDigit(text.charAt(i))) {
        i++;
      }
    }
    if (!ok || i != n) {
      throw LongOps.invalidSyntax(type, shown);
    }
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean hasNonZeroDigit(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == 'e' || c == 'E') {
        return false;
      }
      if (c >= '1' && c <= '9') {
        return true;
      }
    }
    return false;
  }
}
