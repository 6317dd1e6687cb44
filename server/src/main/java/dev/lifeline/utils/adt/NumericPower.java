package dev.lifeline.utils.adt;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/// `numeric ^ numeric`.
final class NumericPower {
  private NumericPower() {}

  static Numeric power(BigDecimal base, BigDecimal exponent) {
    boolean integer = exponent.signum() == 0 || exponent.stripTrailingZeros().scale() <= 0;
    if (base.signum() == 0 && exponent.signum() < 0) {
      throw PgException.error(
          SqlState.INVALID_ARGUMENT_FOR_POWER_FUNCTION,
          "zero raised to a negative power is undefined");
    }
    if (base.signum() < 0 && !integer) {
      throw PgException.error(
          SqlState.INVALID_ARGUMENT_FOR_POWER_FUNCTION,
          "a negative number raised to a non-integer power yields a complex result");
    }
    if (integer && exponent.abs().compareTo(BigDecimal.valueOf(Integer.MAX_VALUE)) <= 0) {
      int scale =
          Math.min(
              Math.max(
                  NumericMath.SIGNIFICANT_DIGITS_MIN, Math.max(base.scale(), exponent.scale())),
              NumericMath.DISPLAY_SCALE_MAX);
      return integerPower(base, exponent.intValue(), scale);
    }
    if (base.signum() == 0) {
      return Numeric.of(BigDecimal.ZERO.setScale(NumericMath.SIGNIFICANT_DIGITS_MIN));
    }
    boolean negate = base.signum() < 0 && exponent.toBigInteger().testBit(0);
    BigDecimal magnitude = base.abs();
    BigDecimal estimate =
        exponent.multiply(NumericTranscendental.ln(magnitude, 20)).round(MathContext.DECIMAL64);
    double decimalWeight = estimate.doubleValue() * NumericMath.LOG10_E;
    if (decimalWeight > 131_072) {
      throw NumericMath.overflow();
    }
    int wanted =
        NumericMath.SIGNIFICANT_DIGITS_MIN - (int) Math.max(-2000, Math.min(2000, decimalWeight));
    int scale =
        Math.min(
            Math.max(Math.max(wanted, 0), Math.max(base.scale(), exponent.scale())),
            NumericMath.DISPLAY_SCALE_MAX);
    int digits = scale + Math.max(0, (int) decimalWeight) + exponent.precision() + 10;
    BigDecimal product = exponent.multiply(NumericTranscendental.ln(magnitude, digits));
    BigDecimal result = NumericTranscendental.exp(product, scale);
    return NumericMath.checkRange(negate ? result.negate() : result);
  }

  private static Numeric integerPower(BigDecimal base, int exponent, int scale) {
    if (exponent == 0) {
      return Numeric.of(BigDecimal.ONE.setScale(scale));
    }
    if (base.signum() == 0) {
      return Numeric.of(BigDecimal.ZERO.setScale(scale));
    }
    double decimalWeight =
        exponent * (Math.log10(mantissa(base)) + base.precision() - base.scale() - 1);
    if (decimalWeight > 131_072 + 2) {
      throw NumericMath.overflow();
    }
    if (decimalWeight < -scale - 2) {
      return Numeric.of(BigDecimal.ZERO.setScale(scale));
    }
    int digits = Math.max(1, (int) decimalWeight + scale) + 24;
    MathContext context = new MathContext(digits);
    BigDecimal power = base.stripTrailingZeros();
    BigDecimal result = BigDecimal.ONE;
    for (long n = Math.abs((long) exponent); n > 0; n >>= 1) {
      if ((n & 1) != 0) {
        result = result.multiply(power, context);
      }
      if (n > 1) {
        power = power.multiply(power, context);
      }
    }
    if (exponent < 0) {
      result = BigDecimal.ONE.divide(result, context);
    }
    return NumericMath.checkRange(result.setScale(scale, RoundingMode.HALF_UP));
  }

  /// The number between 1 and 10 that it is but for a power of ten.
  private static double mantissa(BigDecimal value) {
    return value
        .abs()
        .round(MathContext.DECIMAL64)
        .movePointLeft(value.precision() - value.scale() - 1)
        .doubleValue();
  }

  /// Where either is NaN or infinite: POSIX's rules of pow.
  static Numeric special(Numeric base, Numeric exponent) {
    if (base.isNan()) {
      return exponent.sign() == 0 ? Numeric.ONE : Numeric.NAN;
    }
    if (exponent.isNan()) {
      return base.equals(Numeric.ONE) ? Numeric.ONE : Numeric.NAN;
    }
    if (base.isNumber() && base.sign() == 0 && exponent.sign() < 0) {
      throw PgException.error(
          SqlState.INVALID_ARGUMENT_FOR_POWER_FUNCTION,
          "zero raised to a negative power is undefined");
    }
    if (base.equals(Numeric.ONE) || exponent.sign() == 0) {
      return Numeric.ONE;
    }
    if (exponent.isInfinite()) {
      int against = NumericMath.abs(base).compareTo(Numeric.ONE);
      if (against == 0) {
        return Numeric.ONE;
      }
      return (against > 0) == (exponent.sign() > 0) ? Numeric.INFINITY : Numeric.ZERO;
    }
    if (base.sign() > 0) {
      return exponent.sign() > 0 ? Numeric.INFINITY : Numeric.ZERO;
    }
    boolean integer = exponent.number().stripTrailingZeros().scale() <= 0;
    if (!integer) {
      throw PgException.error(
          SqlState.INVALID_ARGUMENT_FOR_POWER_FUNCTION,
          "a negative number raised to a non-integer power yields a complex result");
    }
    if (exponent.sign() < 0) {
      return Numeric.ZERO;
    }
    return exponent.number().toBigInteger().testBit(0)
        ? Numeric.NEGATIVE_INFINITY
        : Numeric.INFINITY;
  }
}
