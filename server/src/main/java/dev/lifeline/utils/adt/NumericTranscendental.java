package dev.lifeline.utils.adt;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/// Exponential function and logarithm to any number of digits.
final class NumericTranscendental {
  private static final BigDecimal TWO = BigDecimal.valueOf(2);

  private NumericTranscendental() {}

  /// e to the power of x, rounded to so many digits after the point.
  static BigDecimal exp(BigDecimal x, int scale) {
    if (x.signum() == 0) {
      return BigDecimal.ONE.setScale(scale);
    }
    double decimalWeight = x.doubleValue() * NumericMath.LOG10_E;
    if (decimalWeight > 140_000) {
      throw NumericMath.overflow();
    }
    if (decimalWeight < -scale - 2) {
      return BigDecimal.ZERO.setScale(scale);
    }
    // Halved until it is small: each squaring afterwards costs a bit of precision.
    int halvings = 0;
    for (double rest = Math.abs(x.doubleValue()); rest > 0.01; rest /= 2) {
      halvings++;
    }
    int digits = Math.max(0, (int) decimalWeight) + scale + halvings / 3 + 12;
    MathContext context = new MathContext(digits + 5);
    BigDecimal reduced = x.divide(TWO.pow(halvings), context);
    BigDecimal sum = BigDecimal.ONE;
    BigDecimal term = BigDecimal.ONE;
    BigDecimal smallest = BigDecimal.ONE.movePointLeft(digits + 5);
    for (int i = 1; term.abs().compareTo(smallest) > 0; i++) {
      term = term.multiply(reduced, context).divide(BigDecimal.valueOf(i), context);
      sum = sum.add(term, context);
    }
    for (int i = 0; i < halvings; i++) {
      sum = sum.multiply(sum, context);
    }
    return sum.setScale(scale, RoundingMode.HALF_UP);
  }

  /// The natural logarithm of x, which is positive, rounded to so many digits after the point.
  static BigDecimal ln(BigDecimal x, int scale) {
    if (x.compareTo(BigDecimal.ONE) == 0) {
      return BigDecimal.ZERO.setScale(scale);
    }
    int magnitude = Math.abs(x.precision() - x.scale());
    MathContext context =
        new MathContext(scale + Integer.toString(magnitude).length() + 20 + x.precision() / 8);
    // Square roots bring it near 1, where the series of the inverse hyperbolic tangent is fast.
    BigDecimal reduced = x.round(context);
    int roots = 0;
    BigDecimal low = new BigDecimal("0.98");
    BigDecimal high = new BigDecimal("1.02");
    while (reduced.compareTo(low) < 0 || reduced.compareTo(high) > 0) {
      reduced = reduced.sqrt(context);
      roots++;
    }
    MathContext wider = new MathContext(context.getPrecision() + roots / 3 + 3);
    if (roots > 0) {
      reduced = x.round(wider);
      for (int i = 0; i < roots; i++) {
        reduced = reduced.sqrt(wider);
      }
    }
    BigDecimal ratio =
        reduced.subtract(BigDecimal.ONE, wider).divide(reduced.add(BigDecimal.ONE, wider), wider);
    BigDecimal square = ratio.multiply(ratio, wider);
    BigDecimal power = ratio;
    BigDecimal sum = ratio;
    BigDecimal smallest = BigDecimal.ONE.movePointLeft(wider.getPrecision());
    for (int i = 3; power.abs().compareTo(smallest) > 0; i += 2) {
      power = power.multiply(square, wider);
      sum = sum.add(power.divide(BigDecimal.valueOf(i), wider), wider);
    }
    return sum.multiply(TWO.pow(roots + 1), wider).setScale(scale, RoundingMode.HALF_UP);
  }
}
