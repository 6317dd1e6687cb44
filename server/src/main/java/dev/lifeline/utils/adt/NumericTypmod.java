package dev.lifeline.utils.adt;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.math.BigDecimal;
import java.math.RoundingMode;

/// The type modifier of `numeric(precision, scale)`: precision and scale in one number, the scale
/// as eleven bits with sign.
public final class NumericTypmod {
  static final int PRECISION_MAX = 1000;
  private static final int SCALE_MAX = 1000;

  private NumericTypmod() {}

  /// The modifier of a precision and scale.
  ///
  /// @throws PgException where precision or scale are out of bounds
  public static int of(int precision, int scale) {
    if (precision < 1 || precision > PRECISION_MAX) {
      throw PgException.error(
          SqlState.INVALID_PARAMETER_VALUE,
          "NUMERIC precision %d must be between 1 and %d",
          precision,
          PRECISION_MAX);
    }
    if (scale < -SCALE_MAX || scale > SCALE_MAX) {
      throw PgException.error(
          SqlState.INVALID_PARAMETER_VALUE,
          "NUMERIC scale %d must be between %d and %d",
          scale,
          -SCALE_MAX,
          SCALE_MAX);
    }
    return ((precision << 16) | (scale & 0x7FF)) + TextOps.HEADER;
  }

  public static int precision(int typmod) {
    return ((typmod - TextOps.HEADER) >> 16) & 0xFFFF;
  }

  public static int scale(int typmod) {
    return (((typmod - TextOps.HEADER) & 0x7FF) ^ 1024) - 1024;
  }

  /// Rounds to the scale and checks the precision.
  static Numeric apply(Numeric value, int typmod) {
    if (typmod < TextOps.HEADER || value.isNan()) {
      return value;
    }
    int precision = precision(typmod);
    int scale = scale(typmod);
    if (!value.isNumber()) {
      throw overflow(precision, scale, true);
    }
    BigDecimal rounded = value.number().setScale(scale, RoundingMode.HALF_UP);
    if (rounded.signum() != 0 && rounded.precision() > precision) {
      throw overflow(precision, scale, false);
    }
    return Numeric.of(rounded);
  }

  private static PgException overflow(int precision, int scale, boolean infinite) {
    PgException error =
        PgException.error(SqlState.NUMERIC_VALUE_OUT_OF_RANGE, "numeric field overflow");
    if (infinite) {
      return error.detail(
          "A field with precision %d, scale %d cannot hold an infinite value.", precision, scale);
    }
    int digits = precision - scale;
    return error.detail(
        "A field with precision %d, scale %d must round to an absolute value less than %s%d.",
        precision, scale, digits == 0 ? "" : "10^", digits == 0 ? 1 : digits);
  }
}
