package dev.lifeline.utils.fmgr;

import org.jspecify.annotations.Nullable;

/// The code of a function, by the shape of its arguments and result. The short shapes are called
/// without any frame; whatever does not fit one of them takes a [Call].
///
/// In the names `L` is a value held as a long, `D` as a double, `O` as an object; `Test` means a
/// boolean result. The short shapes are for strict functions that never return null, but those that
/// return an object: they may return null.
@SuppressWarnings("unused")
public sealed interface Fn {
  /// long -> long
  @FunctionalInterface
  non-sealed interface L1 extends Fn {
    long apply(long a);
  }

  /// (long, long) -> long
  @FunctionalInterface
  non-sealed interface L2 extends Fn {
    long apply(long a, long b);
  }

  /// (long, long) -> boolean
  @FunctionalInterface
  non-sealed interface LTest extends Fn {
    boolean test(long a, long b);
  }

  /// A comparison of values held as longs. Evaluators know it by its record and have loops for it.
  record LCompare(Comparison comparison) implements LTest {
    @Override
    public boolean test(long a, long b) {
      return switch (comparison) {
        case EQ -> a == b;
        case NE -> a != b;
        case LT -> a < b;
        case LE -> a <= b;
        case GT -> a > b;
        case GE -> a >= b;
      };
    }
  }

  /// A comparison of values held as doubles, PostgreSQL's way: NaN equals itself and is greater
  /// than all else.
  record DCompare(Comparison comparison) implements DTest {
    @Override
    public boolean test(double a, double b) {
      return switch (comparison) {
        case EQ -> a == b || (Double.isNaN(a) && Double.isNaN(b));
        case NE -> a != b && !(Double.isNaN(a) && Double.isNaN(b));
        case LT -> a < b || (Double.isNaN(b) && !Double.isNaN(a));
        case LE -> a <= b || Double.isNaN(b);
        case GT -> a > b || (Double.isNaN(a) && !Double.isNaN(b));
        case GE -> a >= b || Double.isNaN(a);
      };
    }
  }

  /// double -> double
  @FunctionalInterface
  non-sealed interface D1 extends Fn {
    double apply(double a);
  }

  /// (double, double) -> double
  @FunctionalInterface
  non-sealed interface D2 extends Fn {
    double apply(double a, double b);
  }

  /// (double, double) -> boolean
  @FunctionalInterface
  non-sealed interface DTest extends Fn {
    boolean test(double a, double b);
  }

  /// long -> double
  @FunctionalInterface
  non-sealed interface LD extends Fn {
    double apply(long a);
  }

  /// double -> long
  @FunctionalInterface
  non-sealed interface DL extends Fn {
    long apply(double a);
  }

  /// object -> object
  @FunctionalInterface
  non-sealed interface O1<A, R> extends Fn {
    @Nullable R apply(A a);
  }

  /// (object, object) -> object
  @FunctionalInterface
  non-sealed interface O2<A, B, R> extends Fn {
    @Nullable R apply(A a, B b);
  }

  /// (object, object) -> boolean
  @FunctionalInterface
  non-sealed interface OTest<A, B> extends Fn {
    boolean test(A a, B b);
  }

  /// object -> long
  @FunctionalInterface
  non-sealed interface OL<A> extends Fn {
    long apply(A a);
  }

  /// object -> double
  @FunctionalInterface
  non-sealed interface OD<A> extends Fn {
    double apply(A a);
  }

  /// long -> object
  @FunctionalInterface
  non-sealed interface LO<R> extends Fn {
    @Nullable R apply(long a);
  }

  /// double -> object
  @FunctionalInterface
  non-sealed interface DO<R> extends Fn {
    @Nullable R apply(double a);
  }

  /// Any arguments -> long
  @FunctionalInterface
  non-sealed interface CallLong extends Fn {
    long call(Call call);
  }

  /// Any arguments -> boolean
  @FunctionalInterface
  non-sealed interface CallBool extends Fn {
    boolean call(Call call);
  }

  /// Any arguments -> double
  @FunctionalInterface
  non-sealed interface CallDouble extends Fn {
    double call(Call call);
  }

  /// Any arguments -> object
  @FunctionalInterface
  non-sealed interface CallObject extends Fn {
    @Nullable Object call(Call call);
  }

  /// Any arguments -> a result of a type that is only known at the call: the function ends with
  /// [Call#returnFrom] or [Call#returnNull].
  @FunctionalInterface
  non-sealed interface Any extends Fn {
    void call(Call call);
  }

  /// A set-returning function.
  @FunctionalInterface
  non-sealed interface Set extends Fn {
    SetIterator open(Call call);
  }
}
