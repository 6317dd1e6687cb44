package dev.lifeline.executor.expr;

import dev.lifeline.utils.batch.Rep;
import dev.lifeline.utils.fmgr.Fn;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Evaluators of strict functions of the short shapes of [Fn]: no frame, no boxes; a null argument
/// makes the result null without a call.
final class FnEvaluators {
  private FnEvaluators() {}

  /// The evaluator of a function over these arguments, or null where the function is called through
  /// a frame.
  @SuppressWarnings("unchecked")
  static @Nullable Evaluator of(Fn function, List<Evaluator> args) {
    Evaluator a = args.isEmpty() ? LeafEvaluators.constant(Rep.LONG, null) : args.getFirst();
    Evaluator b = args.size() < 2 ? a : args.get(1);
    return switch (function) {
      case Fn.L1 fn -> new L1(fn, a);
      case Fn.L2 fn -> new L2(fn, a, b);
      case Fn.LTest fn -> new LTest(fn, a, b);
      case Fn.D1 fn -> new D1(fn, a);
      case Fn.D2 fn -> new D2(fn, a, b);
      case Fn.DTest fn -> new DTest(fn, a, b);
      case Fn.LD fn -> new LD(fn, a);
      case Fn.DL fn -> new DL(fn, a);
      case Fn.OL<?> fn -> new OL((Fn.OL<Object>) fn, a);
      case Fn.OD<?> fn -> new OD((Fn.OD<Object>) fn, a);
      case Fn.LO<?> fn -> new LO((Fn.LO<?>) fn, a);
      case Fn.DO<?> fn -> new DO((Fn.DO<?>) fn, a);
      case Fn.O1<?, ?> fn -> new O1((Fn.O1<Object, ?>) fn, a);
      case Fn.O2<?, ?, ?> fn -> new O2((Fn.O2<Object, Object, ?>) fn, a, b);
      case Fn.OTest<?, ?> fn -> new OTest((Fn.OTest<Object, Object>) fn, a, b);
      case Fn.CallLong fn -> null;
      case Fn.CallBool fn -> null;
      case Fn.CallDouble fn -> null;
      case Fn.CallObject fn -> null;
      case Fn.Any fn -> null;
      case Fn.Set fn -> null;
    };
  }

  /// [Fn.L1]
  static final class L1 extends Evaluator {
    private final Fn.L1 fn;
    private final Evaluator left;

    L1(Fn.L1 fn, Evaluator left) {
      super(Rep.LONG);
      this.fn = fn;
      this.left = left;
    }

    @Override
    public long evalLong(EvalFrame frame) {
      long a = left.evalLong(frame);
      if (frame.isNull) {
        return 0;
      }
      return fn.apply(a);
    }
  }

  /// [Fn.L2]
  static final class L2 extends Evaluator {
    private final Fn.L2 fn;
    private final Evaluator left;
    private final Evaluator right;

    L2(Fn.L2 fn, Evaluator left, Evaluator right) {
      super(Rep.LONG);
      this.fn = fn;
      this.left = left;
      this.right = right;
    }

    @Override
    public long evalLong(EvalFrame frame) {
      long a = left.evalLong(frame);
      if (frame.isNull) {
        return 0;
      }
      long b = right.evalLong(frame);
      if (frame.isNull) {
        return 0;
      }
      return fn.apply(a, b);
    }
  }

  /// [Fn.LTest]
  static final class LTest extends Evaluator {
    private final Fn.LTest fn;
    private final Evaluator left;
    private final Evaluator right;

    LTest(Fn.LTest fn, Evaluator left, Evaluator right) {
      super(Rep.LONG);
      this.fn = fn;
      this.left = left;
      this.right = right;
    }

    @Override
    public long evalLong(EvalFrame frame) {
      long a = left.evalLong(frame);
      if (frame.isNull) {
        return 0;
      }
      long b = right.evalLong(frame);
      if (frame.isNull) {
        return 0;
      }
      return fn.test(a, b) ? 1 : 0;
    }
  }

  /// [Fn.D1]
  static final class D1 extends Evaluator {
    private final Fn.D1 fn;
    private final Evaluator left;

    D1(Fn.D1 fn, Evaluator left) {
      super(Rep.DOUBLE);
      this.fn = fn;
      this.left = left;
    }

    @Override
    public double evalDouble(EvalFrame frame) {
      double a = left.evalDouble(frame);
      if (frame.isNull) {
        return 0;
      }
      return fn.apply(a);
    }
  }

  /// [Fn.D2]
  static final class D2 extends Evaluator {
    private final Fn.D2 fn;
    private final Evaluator left;
    private final Evaluator right;

    D2(Fn.D2 fn, Evaluator left, Evaluator right) {
      super(Rep.DOUBLE);
      this.fn = fn;
      this.left = left;
      this.right = right;
    }

    @Override
    public double evalDouble(EvalFrame frame) {
      double a = left.evalDouble(frame);
      if (frame.isNull) {
        return 0;
      }
      double b = right.evalDouble(frame);
      if (frame.isNull) {
        return 0;
      }
      return fn.apply(a, b);
    }
  }

  /// [Fn.DTest]
  static final class DTest extends Evaluator {
    private final Fn.DTest fn;
    private final Evaluator left;
    private final Evaluator right;

    DTest(Fn.DTest fn, Evaluator left, Evaluator right) {
      super(Rep.LONG);
      this.fn = fn;
      this.left = left;
      this.right = right;
    }

    @Override
    public long evalLong(EvalFrame frame) {
      double a = left.evalDouble(frame);
      if (frame.isNull) {
        return 0;
      }
      double b = right.evalDouble(frame);
      if (frame.isNull) {
        return 0;
      }
      return fn.test(a, b) ? 1 : 0;
    }
  }

  /// [Fn.LD]
  static final class LD extends Evaluator {
    private final Fn.LD fn;
    private final Evaluator left;

    LD(Fn.LD fn, Evaluator left) {
      super(Rep.DOUBLE);
      this.fn = fn;
      this.left = left;
    }

    @Override
    public double evalDouble(EvalFrame frame) {
      long a = left.evalLong(frame);
      if (frame.isNull) {
        return 0;
      }
      return fn.apply(a);
    }
  }

  /// [Fn.DL]
  static final class DL extends Evaluator {
    private final Fn.DL fn;
    private final Evaluator left;

    DL(Fn.DL fn, Evaluator left) {
      super(Rep.LONG);
      this.fn = fn;
      this.left = left;
    }

    @Override
    public long evalLong(EvalFrame frame) {
      double a = left.evalDouble(frame);
      if (frame.isNull) {
        return 0;
      }
      return fn.apply(a);
    }
  }

  /// [Fn.OL]
  static final class OL extends Evaluator {
    private final Fn.OL<Object> fn;
    private final Evaluator left;

    OL(Fn.OL<Object> fn, Evaluator left) {
      super(Rep.LONG);
      this.fn = fn;
      this.left = left;
    }

    @Override
    public long evalLong(EvalFrame frame) {
      Object a = left.evalObject(frame);
      if (a == null) {
        frame.isNull = true;
        return 0;
      }
      frame.isNull = false;
      return fn.apply(a);
    }
  }

  /// [Fn.OD]
  static final class OD extends Evaluator {
    private final Fn.OD<Object> fn;
    private final Evaluator left;

    OD(Fn.OD<Object> fn, Evaluator left) {
      super(Rep.DOUBLE);
      this.fn = fn;
      this.left = left;
    }

    @Override
    public double evalDouble(EvalFrame frame) {
      Object a = left.evalObject(frame);
      if (a == null) {
        frame.isNull = true;
        return 0;
      }
      frame.isNull = false;
      return fn.apply(a);
    }
  }

  /// [Fn.LO]
  static final class LO extends Evaluator {
    private final Fn.LO<?> fn;
    private final Evaluator left;

    LO(Fn.LO<?> fn, Evaluator left) {
      super(Rep.OBJECT);
      this.fn = fn;
      this.left = left;
    }

    @Override
    public @Nullable Object evalObject(EvalFrame frame) {
      long a = left.evalLong(frame);
      if (frame.isNull) {
        return null;
      }
      return fn.apply(a);
    }
  }

  /// [Fn.DO]
  static final class DO extends Evaluator {
    private final Fn.DO<?> fn;
    private final Evaluator left;

    DO(Fn.DO<?> fn, Evaluator left) {
      super(Rep.OBJECT);
      this.fn = fn;
      this.left = left;
    }

    @Override
    public @Nullable Object evalObject(EvalFrame frame) {
      double a = left.evalDouble(frame);
      if (frame.isNull) {
        return null;
      }
      return fn.apply(a);
    }
  }

  /// [Fn.O1]
  static final class O1 extends Evaluator {
    private final Fn.O1<Object, ?> fn;
    private final Evaluator left;

    O1(Fn.O1<Object, ?> fn, Evaluator left) {
      super(Rep.OBJECT);
      this.fn = fn;
      this.left = left;
    }

    @Override
    public @Nullable Object evalObject(EvalFrame frame) {
      Object a = left.evalObject(frame);
      if (a == null) {
        return null;
      }
      return fn.apply(a);
    }
  }

  /// [Fn.O2]
  static final class O2 extends Evaluator {
    private final Fn.O2<Object, Object, ?> fn;
    private final Evaluator left;
    private final Evaluator right;

    O2(Fn.O2<Object, Object, ?> fn, Evaluator left, Evaluator right) {
      super(Rep.OBJECT);
      this.fn = fn;
      this.left = left;
      this.right = right;
    }

    @Override
    public @Nullable Object evalObject(EvalFrame frame) {
      Object a = left.evalObject(frame);
      if (a == null) {
        return null;
      }
      Object b = right.evalObject(frame);
      if (b == null) {
        return null;
      }
      return fn.apply(a, b);
    }
  }

  /// [Fn.OTest]
  static final class OTest extends Evaluator {
    private final Fn.OTest<Object, Object> fn;
    private final Evaluator left;
    private final Evaluator right;

    OTest(Fn.OTest<Object, Object> fn, Evaluator left, Evaluator right) {
      super(Rep.LONG);
      this.fn = fn;
      this.left = left;
      this.right = right;
    }

    @Override
    public long evalLong(EvalFrame frame) {
      Object a = left.evalObject(frame);
      if (a == null) {
        frame.isNull = true;
        return 0;
      }
      Object b = right.evalObject(frame);
      if (b == null) {
        frame.isNull = true;
        return 0;
      }
      frame.isNull = false;
      return fn.test(a, b) ? 1 : 0;
    }
  }
}
