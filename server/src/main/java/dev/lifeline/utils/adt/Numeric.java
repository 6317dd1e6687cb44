package dev.lifeline.utils.adt;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A `numeric`: an exact decimal number with its display scale, NaN, or an infinity. NaN equals
/// itself and is greater than everything else.
public final class Numeric implements Comparable<Numeric> {
  public static final Numeric NAN = new Numeric(null, 2);
  public static final Numeric INFINITY = new Numeric(null, 1);
  public static final Numeric NEGATIVE_INFINITY = new Numeric(null, -1);
  public static final Numeric ZERO = new Numeric(BigDecimal.ZERO, 0);
  public static final Numeric ONE = new Numeric(BigDecimal.ONE, 0);

  private final @Nullable BigDecimal value;

  /// 0 for a number; else where the special value stands in the order: -1, 1, or 2 for NaN.
  private final int special;

  private Numeric(@Nullable BigDecimal value, int special) {
    this.value = value;
    this.special = special;
  }

  /// A number; its scale is the display scale and not negative.
  public static Numeric of(BigDecimal value) {
    return new Numeric(value.scale() < 0 ? value.setScale(0, RoundingMode.UNNECESSARY) : value, 0);
  }

  public static Numeric of(long value) {
    return value == 0 ? ZERO : new Numeric(BigDecimal.valueOf(value), 0);
  }

  public static Numeric of(BigInteger value) {
    return new Numeric(new BigDecimal(value), 0);
  }

  public boolean isNumber() {
    return special == 0;
  }

  public boolean isNan() {
    return special == 2;
  }

  public boolean isInfinite() {
    return special == 1 || special == -1;
  }

  /// The number of a value that is one ([#isNumber]).
  public BigDecimal number() {
    return Objects.requireNonNull(value);
  }

  /// How many digits are shown after the point.
  public int displayScale() {
    return value == null ? 0 : value.scale();
  }

  /// -1, 0 or 1; of an infinity its sign; of NaN 2.
  public int sign() {
    return value == null ? special : value.signum();
  }

  @Override
  public int compareTo(Numeric other) {
    if (value != null && other.value != null) {
      return value.compareTo(other.value);
    }
    return Integer.compare(special, other.special);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Numeric numeric && compareTo(numeric) == 0;
  }

  /// Values that are equal but for their display scale hash equally.
  @Override
  public int hashCode() {
    return value == null ? special : value.stripTrailingZeros().hashCode();
  }

  @Override
  public String toString() {
    return switch (special) {
      case 2 -> "NaN";
      case 1 -> "Infinity";
      case -1 -> "-Infinity";
      default -> number().toPlainString();
    };
  }
}
