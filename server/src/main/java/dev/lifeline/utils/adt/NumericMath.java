package dev.lifeline.utils.adt;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;

/// The arithmetic of `numeric`. Sums and products are exact; of everything else the number of
/// digits after the point is chosen as PostgreSQL chooses it, by estimates over digits of base
/// 10000, so that results have the same digits.
final class NumericMath {
  static final int DISPLAY_SCALE_MAX = 1000;
  static final int RESULT_SCALE_MAX = 2000;
  static final int SIGNIFICANT_DIGITS_MIN = 16;

  /// PostgreSQL keeps four decimal digits in one of its own.
  private static final int DIGITS = 4;

  private static final int SCALE_MAX = 16383;
  private static final int INTEGER_DIGITS_MAX = 131_072;

  static final double LOG10_E = 0.434294481903252;

  private NumericMath() {}

  /// Which digit of base 10000 the first one is: 0 for the one before the point.
  static int weight(BigDecimal value) {
    return value.signum() == 0 ? 0 : Math.floorDiv(exponent(value), DIGITS);
  }

  private static int exponent(BigDecimal value) {
    return value.precision() - value.scale() - 1;
  }

  /// The first digit of base 10000.
  private static int firstDigit(BigDecimal value) {
    return value.signum() == 0
        ? 0
        : value
            .abs()
            .movePointLeft(DIGITS * weight(value))
            .setScale(0, RoundingMode.FLOOR)
            .intValueExact();
  }

  static Numeric checkRange(BigDecimal value) {
    if (value.precision() - value.scale() > INTEGER_DIGITS_MAX) {
      throw overflow();
    }
    return Numeric.of(
        value.scale() > SCALE_MAX ? value.setScale(SCALE_MAX, RoundingMode.HALF_UP) : value);
  }

  static PgException overflow() {
    return PgException.error(SqlState.NUMERIC_VALUE_OUT_OF_RANGE, "value overflows numeric format");
  }

  static Numeric add(Numeric a, Numeric b) {
    if (a.isNumber() && b.isNumber()) {
      return checkRange(a.number().add(b.number()));
    }
    if (a.isNan() || b.isNan()) {
      return Numeric.NAN;
    }
    if (a.isInfinite() && b.isInfinite()) {
      return a.sign() == b.sign() ? a : Numeric.NAN;
    }
    return a.isInfinite() ? a : b;
  }

  static Numeric subtract(Numeric a, Numeric b) {
    return a.isNumber() && b.isNumber()
        ? checkRange(a.number().subtract(b.number()))
        : add(a, negate(b));
  }

  static Numeric negate(Numeric a) {
    if (a.isNumber()) {
      return Numeric.of(a.number().negate());
    }
    return a.isNan() ? a : a.sign() > 0 ? Numeric.NEGATIVE_INFINITY : Numeric.INFINITY;
  }

  static Numeric abs(Numeric a) {
    return a.sign() == -1 ? negate(a) : a;
  }

  static Numeric multiply(Numeric a, Numeric b) {
    if (a.isNumber() && b.isNumber()) {
      return checkRange(a.number().multiply(b.number()));
    }
    if (a.isNan() || b.isNan() || a.sign() == 0 || b.sign() == 0) {
      return Numeric.NAN;
    }
    return infinity(a.sign() * b.sign());
  }

  private static Numeric infinity(int sign) {
    return sign > 0 ? Numeric.INFINITY : Numeric.NEGATIVE_INFINITY;
  }

  static int divisionScale(BigDecimal a, BigDecimal b) {
    int weight = weight(a) - weight(b);
    if (firstDigit(a) <= firstDigit(b)) {
      weight--;
    }
    int scale = SIGNIFICANT_DIGITS_MIN - weight * DIGITS;
    return clampScale(Math.max(scale, Math.max(a.scale(), b.scale())));
  }

  private static int clampScale(int scale) {
    return Math.min(Math.max(scale, 0), DISPLAY_SCALE_MAX);
  }

  static Numeric divide(Numeric a, Numeric b) {
    if (!a.isNumber() || !b.isNumber()) {
      return divideSpecial(a, b);
    }
    BigDecimal divisor = b.number();
    if (divisor.signum() == 0) {
      throw Errors.divisionByZero();
    }
    int scale = divisionScale(a.number(), divisor);
    return checkRange(a.number().divide(divisor, scale, RoundingMode.HALF_UP));
  }

  private static Numeric divideSpecial(Numeric a, Numeric b) {
    if (a.isNan() || b.isNan()) {
      return Numeric.NAN;
    }
    if (!a.isInfinite()) {
      return Numeric.ZERO;
    }
    if (b.isInfinite()) {
      return Numeric.NAN;
    }
    if (b.sign() == 0) {
      throw Errors.divisionByZero();
    }
    return infinity(a.sign() * b.sign());
  }

  /// The quotient without its fraction.
  static Numeric divideTruncated(Numeric a, Numeric b) {
    if (!a.isNumber() || !b.isNumber()) {
      return divideSpecial(a, b);
    }
    if (b.sign() == 0) {
      throw Errors.divisionByZero();
    }
    return checkRange(a.number().divideToIntegralValue(b.number()).setScale(0, RoundingMode.DOWN));
  }

  static Numeric mod(Numeric a, Numeric b) {
    if (a.isNan() || b.isNan()) {
      return Numeric.NAN;
    }
    if (a.isInfinite()) {
      if (b.sign() == 0) {
        throw Errors.divisionByZero();
      }
      return Numeric.NAN;
    }
    if (b.isInfinite()) {
      return a;
    }
    if (b.sign() == 0) {
      throw Errors.divisionByZero();
    }
    int scale = Math.max(a.displayScale(), b.displayScale());
    return Numeric.of(a.number().remainder(b.number()).setScale(scale, RoundingMode.UNNECESSARY));
  }

  static Numeric round(Numeric a, long scale, RoundingMode mode) {
    if (!a.isNumber()) {
      return a;
    }
    int clamped = (int) Math.max(-RESULT_SCALE_MAX, Math.min(SCALE_MAX, scale));
    return Numeric.of(a.number().setScale(clamped, mode));
  }

  static Numeric sqrt(Numeric a) {
    if (a.isNan() || (a.sign() == 1 && a.isInfinite())) {
      return a;
    }
    if (a.sign() < 0) {
      throw PgException.error(
          SqlState.INVALID_ARGUMENT_FOR_POWER_FUNCTION,
          "cannot take square root of a negative number");
    }
    BigDecimal value = a.number();
    int weight = (weight(value) + 1) * DIGITS / 2 - 1;
    int scale = clampScale(Math.max(SIGNIFICANT_DIGITS_MIN - weight, value.scale()));
    return Numeric.of(root(value, scale));
  }

  static BigDecimal root(BigDecimal value, int scale) {
    // floor(sqrt(v * 10^2s+2)) has one digit more than is asked for, which decides the rounding.
    BigInteger shifted =
        value.movePointRight(2 * scale + 2).setScale(0, RoundingMode.FLOOR).toBigInteger();
    return new BigDecimal(shifted.sqrt(), scale + 1).setScale(scale, RoundingMode.HALF_UP);
  }

  static Numeric power(Numeric base, Numeric exponent) {
    if (!base.isNumber() || !exponent.isNumber()) {
      return NumericPower.special(base, exponent);
    }
    return NumericPower.power(base.number(), exponent.number());
  }

  static Numeric exp(Numeric a) {
    if (!a.isNumber()) {
      return a.sign() == -1 ? Numeric.ZERO : a;
    }
    BigDecimal value = a.number();
    double decimalWeight = Math.max(-2000, Math.min(2000, value.doubleValue() * LOG10_E));
    int scale = clampScale(Math.max(SIGNIFICANT_DIGITS_MIN - (int) decimalWeight, value.scale()));
    return checkRange(NumericTranscendental.exp(value, scale));
  }

  static Numeric ln(Numeric a) {
    if (!a.isNumber()) {
      if (a.sign() == -1) {
        throw negativeLogarithm();
      }
      return a;
    }
    BigDecimal value = checkPositive(a.number());
    int scale = clampScale(Math.max(SIGNIFICANT_DIGITS_MIN - lnWeight(value), value.scale()));
    return Numeric.of(NumericTranscendental.ln(value, scale));
  }

  static Numeric log(Numeric base, Numeric a) {
    if (base.isNan() || a.isNan()) {
      return Numeric.NAN;
    }
    if (base.sign() < 0 || a.sign() < 0) {
      throw negativeLogarithm();
    }
    if (base.sign() == 0 || a.sign() == 0) {
      throw zeroLogarithm();
    }
    if (base.isInfinite()) {
      return a.isInfinite() ? Numeric.NAN : Numeric.ZERO;
    }
    if (a.isInfinite()) {
      return Numeric.INFINITY;
    }
    BigDecimal b = base.number();
    BigDecimal v = a.number();
    int weight = lnWeight(v) - lnWeight(b);
    int scale =
        clampScale(Math.max(SIGNIFICANT_DIGITS_MIN - weight, Math.max(b.scale(), v.scale())));
    BigDecimal lnBase = NumericTranscendental.ln(b, scale + 20);
    if (lnBase.signum() == 0) {
      throw Errors.divisionByZero();
    }
    BigDecimal lnValue = NumericTranscendental.ln(v, scale + 20);
    return Numeric.of(lnValue.divide(lnBase, scale, RoundingMode.HALF_UP));
  }

  private static BigDecimal checkPositive(BigDecimal value) {
    if (value.signum() < 0) {
      throw negativeLogarithm();
    }
    if (value.signum() == 0) {
      throw zeroLogarithm();
    }
    return value;
  }

  private static PgException negativeLogarithm() {
    return PgException.error(
        SqlState.INVALID_ARGUMENT_FOR_LOG, "cannot take logarithm of a negative number");
  }

  private static PgException zeroLogarithm() {
    return PgException.error(SqlState.INVALID_ARGUMENT_FOR_LOG, "cannot take logarithm of zero");
  }

  /// An estimate of the decimal exponent of a logarithm.
  static int lnWeight(BigDecimal value) {
    if (value.signum() <= 0) {
      return 0;
    }
    if (value.compareTo(new BigDecimal("0.9")) >= 0
        && value.compareTo(new BigDecimal("1.1")) <= 0) {
      // ln(1 + x) is about x.
      BigDecimal x = value.subtract(BigDecimal.ONE);
      return x.signum() == 0 ? 0 : weight(x) * DIGITS + (int) Math.log10(firstDigit(x));
    }
    // The first two digits of base 10000 are enough.
    int weight = weight(value);
    BigDecimal leading = value.movePointLeft(DIGITS * (weight - 1)).setScale(0, RoundingMode.FLOOR);
    double ln = Math.log(leading.doubleValue()) + (weight - 1) * DIGITS * 2.302585092994046;
    return (int) Math.log10(Math.abs(ln));
  }
}
