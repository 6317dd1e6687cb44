package dev.lifeline.utils.adt;

import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import dev.lifeline.utils.fmgr.Call;
import dev.lifeline.utils.fmgr.Comparison;
import dev.lifeline.utils.fmgr.Fn;
import dev.lifeline.utils.fmgr.FnTable;
import dev.lifeline.utils.fmgr.SetIterator;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.List;

/// Functions over `numeric`: PostgreSQL's `numeric.c`.
final class NumericFunctions {
  private static final BigDecimal TEN = BigDecimal.TEN;

  private NumericFunctions() {}

  static void register(FnTable t) {
    for (Comparison comparison : Comparison.values()) {
      Fn.OTest<Numeric, Numeric> test = (a, b) -> comparison.holds(a.compareTo(b));
      t.oTest("numeric_" + comparison.suffix(), test);
    }
    t.o2("numeric_add", NumericMath::add);
    t.o2("numeric_sub", NumericMath::subtract);
    t.o2("numeric_mul", NumericMath::multiply);
    t.o2("numeric_div", NumericMath::divide);
    t.o2("numeric_div_trunc", NumericMath::divideTruncated);
    t.o2("numeric_mod", NumericMath::mod);
    t.o2("numeric_power", NumericMath::power);
    t.o1("numeric_uminus", NumericMath::negate);
    t.o1("numeric_uplus", (Numeric a) -> a);
    t.o1("numeric_abs", NumericMath::abs);
    t.o1("numeric_sign", NumericFunctions::sign);
    t.o1("numeric_inc", (Numeric a) -> NumericMath.add(a, Numeric.ONE));
    t.o2("numeric_larger", (Numeric a, Numeric b) -> a.compareTo(b) > 0 ? a : b);
    t.o2("numeric_smaller", (Numeric a, Numeric b) -> a.compareTo(b) < 0 ? a : b);
    registerRounding(t);
    registerMath(t);
    registerCasts(t);
    t.set("generate_series_numeric", NumericFunctions::series);
    t.set("generate_series_step_numeric", NumericFunctions::series);
  }

  private static Numeric sign(Numeric a) {
    return a.isNan() ? a : Numeric.of(a.sign());
  }

  private static void registerRounding(FnTable t) {
    t.callObject(
        "numeric_round", c -> NumericMath.round(c.numeric(0), c.getLong(1), RoundingMode.HALF_UP));
    t.o1("round(1700)", (Numeric a) -> NumericMath.round(a, 0, RoundingMode.HALF_UP));
    t.callObject(
        "numeric_trunc", c -> NumericMath.round(c.numeric(0), c.getLong(1), RoundingMode.DOWN));
    t.o1("trunc(1700)", (Numeric a) -> NumericMath.round(a, 0, RoundingMode.DOWN));
    t.o1("numeric_ceil", (Numeric a) -> NumericMath.round(a, 0, RoundingMode.CEILING));
    t.o1("numeric_floor", (Numeric a) -> NumericMath.round(a, 0, RoundingMode.FLOOR));
    t.callObject("numeric", c -> NumericTypmod.apply(c.numeric(0), c.getInt(1)));
    t.callLong(
        "numeric_scale",
        c -> c.numeric(0).isNumber() ? c.numeric(0).displayScale() : c.returnNull());
    t.callLong(
        "numeric_min_scale",
        c ->
            c.numeric(0).isNumber()
                ? Math.max(0, c.numeric(0).number().stripTrailingZeros().scale())
                : c.returnNull());
    t.o1(
        "numeric_trim_scale",
        (Numeric a) -> a.isNumber() ? Numeric.of(a.number().stripTrailingZeros()) : a);
  }

  private static void registerMath(FnTable t) {
    t.o1("numeric_sqrt", NumericMath::sqrt);
    t.o1("numeric_exp", NumericMath::exp);
    t.o1("numeric_ln", NumericMath::ln);
    t.o2("numeric_log", NumericMath::log);
    t.o1("log(1700)", (Numeric a) -> NumericMath.log(Numeric.of(TEN), a));
    t.o1("log10(1700)", (Numeric a) -> NumericMath.log(Numeric.of(TEN), a));
    t.lo("numeric_fac", NumericFunctions::factorial);
    t.o2("numeric_gcd", NumericFunctions::gcd);
    t.o2("numeric_lcm", NumericFunctions::lcm);
    t.callLong("width_bucket_numeric", NumericFunctions::widthBucket);
  }

  private static Numeric factorial(long n) {
    if (n < 0) {
      throw PgException.error(
          SqlState.NUMERIC_VALUE_OUT_OF_RANGE, "factorial of a negative number is undefined");
    }
    if (n > 32177) {
      throw NumericMath.overflow();
    }
    BigInteger product = BigInteger.ONE;
    for (long i = 2; i <= n; i++) {
      product = product.multiply(BigInteger.valueOf(i));
    }
    return Numeric.of(product);
  }

  private static Numeric gcd(Numeric a, Numeric b) {
    if (!a.isNumber() || !b.isNumber()) {
      return Numeric.NAN;
    }
    int scale = Math.max(a.displayScale(), b.displayScale());
    BigInteger gcd =
        a.number().setScale(scale).unscaledValue().gcd(b.number().setScale(scale).unscaledValue());
    return Numeric.of(new BigDecimal(gcd, scale));
  }

  private static Numeric lcm(Numeric a, Numeric b) {
    if (!a.isNumber() || !b.isNumber()) {
      return Numeric.NAN;
    }
    int scale = Math.max(a.displayScale(), b.displayScale());
    if (a.sign() == 0 || b.sign() == 0) {
      return Numeric.of(BigDecimal.ZERO.setScale(scale));
    }
    BigInteger x = a.number().setScale(scale).unscaledValue();
    BigInteger y = b.number().setScale(scale).unscaledValue();
    return Numeric.of(new BigDecimal(x.divide(x.gcd(y)).multiply(y).abs(), scale));
  }

  private static long widthBucket(Call call) {
    Numeric operand = call.numeric(0);
    Numeric low = call.numeric(1);
    Numeric high = call.numeric(2);
    int count = call.getInt(3);
    if (count <= 0) {
      throw FloatFunctions.widthBucketError("count must be greater than zero");
    }
    if (operand.isNan() || low.isNan() || high.isNan()) {
      throw FloatFunctions.widthBucketError("operand, lower bound, and upper bound cannot be NaN");
    }
    if (low.isInfinite() || high.isInfinite()) {
      throw FloatFunctions.widthBucketError("lower and upper bounds must be finite");
    }
    int order = low.compareTo(high);
    if (order == 0) {
      throw FloatFunctions.widthBucketError("lower bound cannot equal upper bound");
    }
    int before = operand.compareTo(low) * -order;
    if (before < 0) {
      return 0;
    }
    if (operand.compareTo(high) * -order >= 0) {
      if (count == Integer.MAX_VALUE) {
        throw Errors.outOfRange("integer");
      }
      return count + 1L;
    }
    BigDecimal part = operand.number().subtract(low.number()).abs();
    BigDecimal width = high.number().subtract(low.number()).abs();
    return part.multiply(BigDecimal.valueOf(count)).divideToIntegralValue(width).longValue() + 1;
  }

  private static void registerCasts(FnTable t) {
    t.lo("int4_numeric", Numeric::of);
    t.lo("int2_numeric", Numeric::of);
    t.lo("int8_numeric", Numeric::of);
    t.ol("numeric_int2", (Numeric a) -> toInt(a, Short.MIN_VALUE, Short.MAX_VALUE, "smallint"));
    t.ol("numeric_int4", (Numeric a) -> toInt(a, Integer.MIN_VALUE, Integer.MAX_VALUE, "integer"));
    t.ol("numeric_int8", (Numeric a) -> toInt(a, Long.MIN_VALUE, Long.MAX_VALUE, "bigint"));
    t.od("numeric_float8", NumericFunctions::toDouble);
    t.od("numeric_float4", NumericFunctions::toFloat);
    t.dO("float8_numeric", a -> fromDouble(a, 15));
    t.dO("float4_numeric", a -> fromDouble(a, 6));
  }

  static long toInt(Numeric value, long min, long max, String type) {
    if (!value.isNumber()) {
      throw PgException.error(
          SqlState.FEATURE_NOT_SUPPORTED,
          "cannot convert %s to %s",
          value.isNan() ? "NaN" : "infinity",
          type);
    }
    BigDecimal rounded = value.number().setScale(0, RoundingMode.HALF_UP);
    if (rounded.precision() > 19
        || rounded.compareTo(BigDecimal.valueOf(min)) < 0
        || rounded.compareTo(BigDecimal.valueOf(max)) > 0) {
      throw Errors.outOfRange(type);
    }
    return rounded.longValue();
  }

  static double toDouble(Numeric value) {
    if (value.isNumber()) {
      double d = value.number().doubleValue();
      if (Double.isInfinite(d) || (d == 0 && value.sign() != 0)) {
        throw PgException.error(
            SqlState.NUMERIC_VALUE_OUT_OF_RANGE,
            "\"%s\" is out of range for type double precision",
            value);
      }
      return d;
    }
    return value.isNan()
        ? Double.NaN
        : value.sign() > 0 ? Double.POSITIVE_INFINITY : Double.NEGATIVE_INFINITY;
  }

  private static double toFloat(Numeric value) {
    if (value.isNumber()) {
      float f = value.number().floatValue();
      if (Float.isInfinite(f) || (f == 0 && value.sign() != 0)) {
        throw PgException.error(
            SqlState.NUMERIC_VALUE_OUT_OF_RANGE, "\"%s\" is out of range for type real", value);
      }
      return f;
    }
    return toDouble(value);
  }

  /// With as many significant digits as the type has for sure.
  private static Numeric fromDouble(double value, int digits) {
    if (Double.isNaN(value)) {
      return Numeric.NAN;
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? Numeric.INFINITY : Numeric.NEGATIVE_INFINITY;
    }
    BigDecimal rounded =
        new BigDecimal(value)
            .round(new MathContext(digits, RoundingMode.HALF_EVEN))
            .stripTrailingZeros();
    return Numeric.of(rounded);
  }

  private static SetIterator series(Call call) {
    Numeric first = bound(call.numeric(0), "start");
    Numeric stop = bound(call.numeric(1), "stop");
    Numeric step = call.count() > 2 ? step(call.numeric(2)) : Numeric.ONE;
    return new Series(first.number(), stop.number(), step.number());
  }

  private static Numeric bound(Numeric value, String name) {
    if (!value.isNumber()) {
      throw Errors.invalidParameter(
          "%s value cannot be %s", name, value.isNan() ? "NaN" : "infinity");
    }
    return value;
  }

  private static Numeric step(Numeric value) {
    if (!value.isNumber()) {
      throw Errors.invalidParameter("step size cannot be %s", value.isNan() ? "NaN" : "infinity");
    }
    if (value.sign() == 0) {
      throw Errors.invalidParameter("step size cannot equal zero");
    }
    return value;
  }

  private static final class Series implements SetIterator {
    private BigDecimal next;
    private final BigDecimal stop;
    private final BigDecimal step;

    Series(BigDecimal first, BigDecimal stop, BigDecimal step) {
      this.next = first;
      this.stop = stop;
      this.step = step;
    }

    @Override
    public boolean next(List<Column> out, int row) {
      int order = next.compareTo(stop);
      if (step.signum() > 0 ? order > 0 : order < 0) {
        return false;
      }
      out.getFirst().setObject(row, Numeric.of(next));
      next = next.add(step);
      return true;
    }
  }
}
