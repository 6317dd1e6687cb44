package dev.lifeline.utils.adt;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import dev.lifeline.utils.fmgr.Call;
import dev.lifeline.utils.fmgr.Fn;
import dev.lifeline.utils.fmgr.FnTable;

/// Functions over `real` and `double precision`: PostgreSQL's `float.c`.
final class FloatFunctions {
  private FloatFunctions() {}

  static void register(FnTable t) {
    for (String types : new String[] {"4", "8", "48", "84"}) {
      t.doubleComparisons("float" + types);
    }
    registerArithmetic(t, "float4", FloatFunctions::toFloat);
    for (String types : new String[] {"8", "48", "84"}) {
      registerFour(t, "float" + types, a -> a);
    }
    registerSigned(t, "float8");
    registerCasts(t);
    registerMath(t);
    registerTrigonometry(t);
    registerDegrees(t);
  }

  /// The nearest real; an overflow to infinity is left to the caller.
  private static double toFloat(double value) {
    return (float) value;
  }

  private static void registerArithmetic(FnTable t, String prefix, Fn.D1 round) {
    registerFour(t, prefix, round);
    registerSigned(t, prefix);
  }

  private static void registerSigned(FnTable t, String prefix) {
    t.d1(prefix + "um", a -> -a);
    t.d1(prefix + "up", a -> a);
    t.d1(prefix + "abs", Math::abs);
    t.d2(prefix + "larger", (a, b) -> FloatOps.compare(a, b) >= 0 ? a : b);
    t.d2(prefix + "smaller", (a, b) -> FloatOps.compare(a, b) <= 0 ? a : b);
  }

  private static void registerFour(FnTable t, String prefix, Fn.D1 round) {
    t.d2(prefix + "pl", (a, b) -> checkOverflow(round.apply(a + b), a, b));
    t.d2(prefix + "mi", (a, b) -> checkOverflow(round.apply(a - b), a, b));
    t.d2(
        prefix + "mul",
        (a, b) -> {
          double r = checkOverflow(round.apply(a * b), a, b);
          if (r == 0 && a != 0 && b != 0) {
            throw underflow();
          }
          return r;
        });
    t.d2(
        prefix + "div",
        (a, b) -> {
          if (b == 0 && !Double.isNaN(a)) {
            throw Errors.divisionByZero();
          }
          double r = round.apply(a / b);
          if (Double.isInfinite(r) && !Double.isInfinite(a)) {
            throw overflow();
          }
          if (r == 0 && a != 0 && !Double.isInfinite(b)) {
            throw underflow();
          }
          return r;
        });
  }

  private static double checkOverflow(double result, double a, double b) {
    if (Double.isInfinite(result) && !Double.isInfinite(a) && !Double.isInfinite(b)) {
      throw overflow();
    }
    return result;
  }

  static PgException overflow() {
    return PgException.error(SqlState.NUMERIC_VALUE_OUT_OF_RANGE, "value out of range: overflow");
  }

  static PgException underflow() {
    return PgException.error(SqlState.NUMERIC_VALUE_OUT_OF_RANGE, "value out of range: underflow");
  }

  private static PgException outOfRangeInput() {
    return PgException.error(SqlState.NUMERIC_VALUE_OUT_OF_RANGE, "input is out of range");
  }

  private static void registerCasts(FnTable t) {
    t.d1("ftod", a -> a);
    t.d1(
        "dtof",
        a -> {
          double r = toFloat(a);
          if (Double.isInfinite(r) && !Double.isInfinite(a)) {
            throw overflow();
          }
          if (r == 0 && a != 0) {
            throw underflow();
          }
          return r;
        });
    for (String from : new String[] {"i2", "i4", "i8"}) {
      t.ld(from + "tod", a -> (double) a);
      t.ld(from + "tof", a -> (double) (float) a);
    }
    for (String from : new String[] {"d", "f"}) {
      t.dl(from + "toi2", a -> toInt(a, Short.MIN_VALUE, Short.MAX_VALUE, "smallint"));
      t.dl(from + "toi4", a -> toInt(a, Integer.MIN_VALUE, Integer.MAX_VALUE, "integer"));
      t.dl(from + "toi8", FloatFunctions::toInt8);
    }
  }

  private static long toInt(double value, int min, int max, String type) {
    double rounded = Math.rint(value);
    if (!(rounded >= min && rounded <= max)) {
      throw Errors.outOfRange(type);
    }
    return (long) rounded;
  }

  private static long toInt8(double value) {
    double rounded = Math.rint(value);
    // The largest long is no double; the next one is the first that does not fit.
    if (!(rounded >= Long.MIN_VALUE && rounded < 0x1p63)) {
      throw Errors.outOfRange("bigint");
    }
    return (long) rounded;
  }

  private static void registerMath(FnTable t) {
    t.d1("dround", Math::rint);
    t.d1("dceil", Math::ceil);
    t.d1("dfloor", Math::floor);
    t.d1("dtrunc", a -> a < 0 ? Math.ceil(a) : Math.floor(a));
    t.d1("dsign", a -> a > 0 ? 1 : a < 0 ? -1 : 0);
    t.d1("dcbrt", Math::cbrt);
    t.d1(
        "dsqrt",
        a -> {
          if (a < 0) {
            throw PgException.error(
                SqlState.INVALID_ARGUMENT_FOR_POWER_FUNCTION,
                "cannot take square root of a negative number");
          }
          return Math.sqrt(a);
        });
    t.d2("dpow", FloatFunctions::power);
    t.d1(
        "dexp",
        a -> {
          double r = Math.exp(a);
          if (Double.isInfinite(r) && !Double.isInfinite(a)) {
            throw overflow();
          }
          if (r == 0 && !Double.isInfinite(a)) {
            throw underflow();
          }
          return r;
        });
    t.d1("dlog1", a -> Math.log(checkLogarithm(a)));
    t.d1("dlog10", a -> Math.log10(checkLogarithm(a)));
    t.callDouble("dpi", call -> Math.PI);
    t.d1("radians", a -> a * (Math.PI / 180));
    t.d1("degrees", a -> checkOverflow(a / (Math.PI / 180), a, 0));
    t.callDouble("drandom", call -> call.context().random().nextDouble());
    t.callObject("setseed", FloatFunctions::setSeed);
    t.callLong("width_bucket_float8", FloatFunctions::widthBucket);
  }

  private static double checkLogarithm(double a) {
    if (a == 0) {
      throw PgException.error(SqlState.INVALID_ARGUMENT_FOR_LOG, "cannot take logarithm of zero");
    }
    if (a < 0) {
      throw PgException.error(
          SqlState.INVALID_ARGUMENT_FOR_LOG, "cannot take logarithm of a negative number");
    }
    return a;
  }

  private static double power(double a, double b) {
    if (a == 0 && b < 0) {
      throw PgException.error(
          SqlState.INVALID_ARGUMENT_FOR_POWER_FUNCTION,
          "zero raised to a negative power is undefined");
    }
    if (a < 0 && !Double.isInfinite(b) && Math.floor(b) != b) {
      throw PgException.error(
          SqlState.INVALID_ARGUMENT_FOR_POWER_FUNCTION,
          "a negative number raised to a non-integer power yields a complex result");
    }
    // POSIX's rules where Java has its own.
    if (a == 1 || b == 0) {
      return 1;
    }
    if (a == -1 && Double.isInfinite(b)) {
      return 1;
    }
    double r = Math.pow(a, b);
    if (!Double.isInfinite(a) && !Double.isInfinite(b)) {
      if (Double.isInfinite(r)) {
        throw overflow();
      }
      if (r == 0 && a != 0) {
        throw underflow();
      }
    }
    return r;
  }

  private static Object setSeed(Call call) {
    double seed = call.getDouble(0);
    if (!(seed >= -1 && seed <= 1)) {
      throw Errors.invalidParameter(
          "setseed parameter %s is out of allowed range [-1,1]", FloatFormat.format(seed, 1));
    }
    call.context().seed(Double.doubleToLongBits(seed));
    return Text.EMPTY;
  }

  private static long widthBucket(Call call) {
    double operand = call.getDouble(0);
    double low = call.getDouble(1);
    double high = call.getDouble(2);
    int count = call.getInt(3);
    if (count <= 0) {
      throw widthBucketError("count must be greater than zero");
    }
    if (Double.isNaN(operand) || Double.isNaN(low) || Double.isNaN(high)) {
      throw widthBucketError("operand, lower bound, and upper bound cannot be NaN");
    }
    if (Double.isInfinite(low) || Double.isInfinite(high)) {
      throw widthBucketError("lower and upper bounds must be finite");
    }
    if (low == high) {
      throw widthBucketError("lower bound cannot equal upper bound");
    }
    if (low < high) {
      return operand < low
          ? 0
          : operand >= high
              ? count + 1L
              : Math.min((long) (count * ((operand - low) / (high - low))), count - 1L) + 1;
    }
    return operand > low
        ? 0
        : operand <= high
            ? count + 1L
            : Math.min((long) (count * ((low - operand) / (low - high))), count - 1L) + 1;
  }

  static PgException widthBucketError(String message) {
    return PgException.error(SqlState.INVALID_ARGUMENT_FOR_WIDTH_BUCKET_FUNCTION, message);
  }

  private static void registerTrigonometry(FnTable t) {
    t.d1("dsin", a -> Math.sin(checkFinite(a)));
    t.d1("dcos", a -> Math.cos(checkFinite(a)));
    t.d1("dtan", a -> Math.tan(checkFinite(a)));
    t.d1("dcot", a -> 1 / Math.tan(checkFinite(a)));
    t.d1("dasin", a -> Math.asin(checkUnit(a)));
    t.d1("dacos", a -> Math.acos(checkUnit(a)));
    t.d1("datan", Math::atan);
    t.d2("datan2", Math::atan2);
    t.d1("dsinh", Math::sinh);
    t.d1("dcosh", Math::cosh);
    t.d1("dtanh", Math::tanh);
    t.d1("dasinh", a -> Math.copySign(Math.log(Math.abs(a) + Math.sqrt(a * a + 1)), a));
    t.d1(
        "dacosh",
        a -> {
          if (a < 1) {
            throw outOfRangeInput();
          }
          return Math.log(a + Math.sqrt(a * a - 1));
        });
    t.d1(
        "datanh",
        a -> {
          if (a < -1 || a > 1) {
            throw outOfRangeInput();
          }
          return 0.5 * Math.log((1 + a) / (1 - a));
        });
  }

  private static double checkFinite(double a) {
    if (Double.isInfinite(a)) {
      throw outOfRangeInput();
    }
    return a;
  }

  private static double checkUnit(double a) {
    if (a < -1 || a > 1) {
      throw outOfRangeInput();
    }
    return a;
  }

  /// In degrees, with exact results where there are any.
  private static void registerDegrees(FnTable t) {
    t.d1("dsind", a -> sinDegrees(checkFinite(a)));
    t.d1("dcosd", a -> sinDegrees(90 - Math.abs(checkFinite(a) % 360)));
    t.d1("dtand", a -> sinDegrees(checkFinite(a)) / sinDegrees(90 - Math.abs(a % 360)));
    t.d1("dcotd", a -> sinDegrees(90 - Math.abs(checkFinite(a) % 360)) / sinDegrees(a));
    t.d1("dasind", a -> exactDegrees(Math.asin(checkUnit(a))));
    t.d1("dacosd", a -> exactDegrees(Math.acos(checkUnit(a))));
    t.d1("datand", a -> exactDegrees(Math.atan(a)));
    t.d2("datan2d", (a, b) -> exactDegrees(Math.atan2(a, b)));
  }

  private static double sinDegrees(double a) {
    double rest = a % 360;
    double within = rest < 0 ? rest + 360 : rest;
    double sign = within >= 180 ? -1 : 1;
    double half = within >= 180 ? within - 180 : within;
    double quarter = half > 90 ? 180 - half : half;
    double value = quarter == 30 ? 0.5 : quarter == 90 ? 1 : Math.sin(Math.toRadians(quarter));
    return value == 0 ? 0 : sign * value;
  }

  private static double exactDegrees(double radians) {
    double degrees = Math.toDegrees(radians);
    double nearest = Math.rint(degrees);
    return Math.abs(degrees - nearest) < 1e-13 * Math.max(1, Math.abs(degrees)) ? nearest : degrees;
  }
}
