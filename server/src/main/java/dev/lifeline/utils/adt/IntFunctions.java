package dev.lifeline.utils.adt;

import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.fmgr.Call;
import dev.lifeline.utils.fmgr.Fn;
import dev.lifeline.utils.fmgr.FnTable;
import dev.lifeline.utils.fmgr.SetIterator;
import java.util.List;

/// Functions over `smallint`, `integer` and `bigint`: PostgreSQL's `int.c` and `int8.c`.
final class IntFunctions {
  private IntFunctions() {}

  static void register(FnTable t) {
    for (String types : new String[] {"2", "4", "8", "24", "42", "28", "82", "48", "84"}) {
      t.longComparisons("int" + types);
    }
    registerArithmetic(t, "int2", IntFunctions::checkInt2);
    registerArithmetic(t, "int4", IntFunctions::checkInt4);
    for (String types : new String[] {"24", "42"}) {
      registerFour(t, "int" + types, IntFunctions::checkInt4);
    }
    for (String types : new String[] {"8", "28", "82", "48", "84"}) {
      registerFourOfLongs(t, "int" + types);
    }
    registerInt8(t);
    registerBits(t);
    registerCasts(t);
    registerMath(t);
    t.set("generate_series_int4", IntFunctions::series);
    t.set("generate_series_step_int4", IntFunctions::series);
    t.set("generate_series_int8", IntFunctions::series);
    t.set("generate_series_step_int8", IntFunctions::series);
  }

  static long checkInt2(long value) {
    if (value != (short) value) {
      throw Errors.outOfRange("smallint");
    }
    return value;
  }

  static long checkInt4(long value) {
    if (value != (int) value) {
      throw Errors.outOfRange("integer");
    }
    return value;
  }

  /// The arithmetic of a type that is smaller than a long: computed as longs, then checked.
  private static void registerArithmetic(FnTable t, String prefix, Fn.L1 check) {
    registerFour(t, prefix, check);
    t.l1(prefix + "um", a -> check.apply(-a));
    t.l1(prefix + "abs", a -> check.apply(Math.abs(a)));
    t.l2(prefix + "mod", IntFunctions::mod);
    registerMinMax(t, prefix);
  }

  private static void registerFour(FnTable t, String prefix, Fn.L1 check) {
    t.l2(prefix + "pl", (a, b) -> check.apply(a + b));
    t.l2(prefix + "mi", (a, b) -> check.apply(a - b));
    t.l2(prefix + "mul", (a, b) -> check.apply(a * b));
    t.l2(prefix + "div", (a, b) -> check.apply(div(a, b)));
  }

  private static void registerMinMax(FnTable t, String prefix) {
    t.l1(prefix + "up", a -> a);
    t.l2(prefix + "larger", Math::max);
    t.l2(prefix + "smaller", Math::min);
  }

  private static void registerFourOfLongs(FnTable t, String prefix) {
    t.l2(prefix + "pl", IntFunctions::addInt8);
    t.l2(prefix + "mi", IntFunctions::subtractInt8);
    t.l2(prefix + "mul", IntFunctions::multiplyInt8);
    t.l2(
        prefix + "div",
        (a, b) -> {
          if (a == Long.MIN_VALUE && b == -1) {
            throw Errors.outOfRange("bigint");
          }
          return div(a, b);
        });
  }

  private static void registerInt8(FnTable t) {
    t.l2("int8mod", IntFunctions::mod);
    t.l1(
        "int8um",
        a -> {
          if (a == Long.MIN_VALUE) {
            throw Errors.outOfRange("bigint");
          }
          return -a;
        });
    t.l1(
        "int8abs",
        a -> {
          if (a == Long.MIN_VALUE) {
            throw Errors.outOfRange("bigint");
          }
          return Math.abs(a);
        });
    registerMinMax(t, "int8");
    t.l1("int8inc", a -> addInt8(a, 1));
  }

  static long addInt8(long a, long b) {
    long r = a + b;
    if (((a ^ r) & (b ^ r)) < 0) {
      throw Errors.outOfRange("bigint");
    }
    return r;
  }

  static long subtractInt8(long a, long b) {
    long r = a - b;
    if (((a ^ b) & (a ^ r)) < 0) {
      throw Errors.outOfRange("bigint");
    }
    return r;
  }

  static long multiplyInt8(long a, long b) {
    long high = Math.multiplyHigh(a, b);
    long low = a * b;
    if (high != low >> 63) {
      throw Errors.outOfRange("bigint");
    }
    return low;
  }

  private static long div(long a, long b) {
    if (b == 0) {
      throw Errors.divisionByZero();
    }
    return a / b;
  }

  private static long mod(long a, long b) {
    if (b == 0) {
      throw Errors.divisionByZero();
    }
    return a % b;
  }

  private static void registerBits(FnTable t) {
    for (String prefix : new String[] {"int2", "int4", "int8"}) {
      t.l2(prefix + "and", (a, b) -> a & b);
      t.l2(prefix + "or", (a, b) -> a | b);
      t.l2(prefix + "xor", (a, b) -> a ^ b);
      t.l1(prefix + "not", a -> ~a);
    }
    // The distance counts modulo the width of what is shifted, which for smallint is an int.
    t.l2("int2shl", (a, b) -> (short) ((int) a << b));
    t.l2("int2shr", (a, b) -> (short) ((int) a >> b));
    t.l2("int4shl", (a, b) -> (int) a << b);
    t.l2("int4shr", (a, b) -> (int) a >> b);
    t.l2("int8shl", (a, b) -> a << b);
    t.l2("int8shr", (a, b) -> a >> b);
  }

  private static void registerCasts(FnTable t) {
    t.l1("i2toi4", a -> a);
    t.l1("i4toi2", IntFunctions::checkInt2);
    t.l1("int48", a -> a);
    t.l1("int84", IntFunctions::checkInt4);
    t.l1("int28", a -> a);
    t.l1("int82", IntFunctions::checkInt2);
    t.l1("int4_bool", a -> a != 0 ? 1 : 0);
    t.l1("bool_int4", a -> a);
    t.l1(
        "i4tochar",
        a -> {
          if (a < Byte.MIN_VALUE || a > Byte.MAX_VALUE) {
            throw Errors.outOfRange("\"char\"");
          }
          return a & 0xFF;
        });
    t.l1("chartoi4", a -> (byte) a);
    t.l1(
        "i8tooid",
        a -> {
          if (a < 0 || a > 0xFFFF_FFFFL) {
            throw Errors.outOfRange("OID");
          }
          return a;
        });
    t.l1("oidtoi8", a -> a);
  }

  private static void registerMath(FnTable t) {
    t.l2("int4gcd", (a, b) -> checkInt4(gcd(a, b)));
    t.l2("int8gcd", IntFunctions::gcdInt8);
    t.l2("int4lcm", (a, b) -> checkInt4(lcm(a, b)));
    t.l2("int8lcm", IntFunctions::lcm);
  }

  private static long gcd(long a, long b) {
    long x = Math.abs(a);
    long y = Math.abs(b);
    while (y != 0) {
      long rest = x % y;
      x = y;
      y = rest;
    }
    return x;
  }

  private static long gcdInt8(long a, long b) {
    if ((a == Long.MIN_VALUE && (b == 0 || b == Long.MIN_VALUE))
        || (b == Long.MIN_VALUE && a == 0)) {
      throw Errors.outOfRange("bigint");
    }
    return Math.abs(gcd(a == Long.MIN_VALUE ? a % b : a, b == Long.MIN_VALUE ? b % a : b));
  }

  private static long lcm(long a, long b) {
    if (a == 0 || b == 0) {
      return 0;
    }
    return Math.abs(multiplyInt8(a / gcdInt8(a, b), b));
  }

  /// `generate_series` of integers.
  private static SetIterator series(Call call) {
    long first = call.getLong(0);
    long stop = call.getLong(1);
    long step = call.count() > 2 ? call.getLong(2) : 1;
    if (step == 0) {
      throw Errors.invalidParameter("step size cannot equal zero");
    }
    boolean int4 = call.site().argType(0) == Types.INT4;
    return new Series(
        first,
        stop,
        step,
        int4 ? Integer.MIN_VALUE : Long.MIN_VALUE,
        int4 ? Integer.MAX_VALUE : Long.MAX_VALUE);
  }

  /// The numbers from one to another; ends quietly where the type does.
  private static final class Series implements SetIterator {
    private long next;
    private final long stop;
    private final long step;
    private final long min;
    private final long max;
    private boolean done;

    Series(long first, long stop, long step, long min, long max) {
      this.next = first;
      this.stop = stop;
      this.step = step;
      this.min = min;
      this.max = max;
    }

    @Override
    public boolean next(List<Column> out, int row) {
      if (done || (step > 0 ? next > stop : next < stop)) {
        return false;
      }
      out.getFirst().setLong(row, next);
      if (step > 0 ? next > max - step : next < min - step) {
        done = true;
      } else {
        next += step;
      }
      return true;
    }
  }
}
