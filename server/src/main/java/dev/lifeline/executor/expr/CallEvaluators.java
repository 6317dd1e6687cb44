package dev.lifeline.executor.expr;

import dev.lifeline.utils.batch.Rep;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import dev.lifeline.utils.fmgr.Call;
import dev.lifeline.utils.fmgr.CallSite;
import dev.lifeline.utils.fmgr.Fn;
import dev.lifeline.utils.fmgr.SetIterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Evaluators of functions that take a [Call]: of any number of arguments, not strict, or that want
/// to know more than their arguments.
final class CallEvaluators {
  private CallEvaluators() {}

  static Evaluator of(Fn function, List<Evaluator> args, CallSite site, boolean strict, int slot) {
    Arguments arguments = new Arguments(args, site, strict, slot);
    return switch (function) {
      case Fn.CallLong fn -> new LongCall(fn, arguments);
      case Fn.CallBool fn -> new BoolCall(fn, arguments);
      case Fn.CallDouble fn -> new DoubleCall(fn, arguments);
      case Fn.CallObject fn -> new ObjectCall(fn, arguments);
      case Fn.Any fn -> new AnyCall(fn, arguments, ExprCompiler.rep(site.resultType()));
      case Fn.Set fn ->
          throw PgException.error(
              SqlState.FEATURE_NOT_SUPPORTED,
              "set-valued function called in context that cannot accept a set");
      default -> throw new IllegalStateException("not called through a frame: " + site);
    };
  }

  /// The arguments of a call and where they go.
  static final class Arguments {
    private final Evaluator[] args;
    private final CallSite site;
    private final boolean strict;
    final int slot;

    Arguments(List<Evaluator> args, CallSite site, boolean strict, int slot) {
      this.args = args.toArray(Evaluator[]::new);
      this.site = site;
      this.strict = strict;
      this.slot = slot;
    }

    /// Puts the arguments into place.
    ///
    /// @return false where the function is not to be called, because it is strict
    boolean prepare(EvalFrame frame) {
      Call call = frame.call;
      call.reserve(slot, args.length);
      for (int i = 0; i < args.length; i++) {
        if (!store(frame, args[i], slot + i) && strict) {
          return false;
        }
      }
      call.begin(site, slot);
      return true;
    }
  }

  /// Evaluates into a slot.
  ///
  /// @return false where the value is null
  static boolean store(EvalFrame frame, Evaluator evaluator, int slot) {
    Call call = frame.call;
    switch (evaluator.rep()) {
      case LONG -> {
        long value = evaluator.evalLong(frame);
        if (frame.isNull) {
          call.setNull(slot);
          return false;
        }
        call.setLong(slot, value);
      }
      case DOUBLE -> {
        double value = evaluator.evalDouble(frame);
        if (frame.isNull) {
          call.setNull(slot);
          return false;
        }
        call.setDouble(slot, value);
      }
      case OBJECT -> {
        Object value = evaluator.evalObject(frame);
        call.setObject(slot, value);
        return value != null;
      }
    }
    return true;
  }

  private static final class LongCall extends Evaluator {
    private final Fn.CallLong fn;
    private final Arguments arguments;

    LongCall(Fn.CallLong fn, Arguments arguments) {
      super(Rep.LONG);
      this.fn = fn;
      this.arguments = arguments;
    }

    @Override
    public long evalLong(EvalFrame frame) {
      if (!arguments.prepare(frame)) {
        frame.isNull = true;
        return 0;
      }
      long result = fn.call(frame.call);
      frame.isNull = frame.call.resultIsNull();
      return result;
    }
  }

  private static final class BoolCall extends Evaluator {
    private final Fn.CallBool fn;
    private final Arguments arguments;

    BoolCall(Fn.CallBool fn, Arguments arguments) {
      super(Rep.LONG);
      this.fn = fn;
      this.arguments = arguments;
    }

    @Override
    public long evalLong(EvalFrame frame) {
      if (!arguments.prepare(frame)) {
        frame.isNull = true;
        return 0;
      }
      boolean result = fn.call(frame.call);
      frame.isNull = frame.call.resultIsNull();
      return result ? 1 : 0;
    }
  }

  private static final class DoubleCall extends Evaluator {
    private final Fn.CallDouble fn;
    private final Arguments arguments;

    DoubleCall(Fn.CallDouble fn, Arguments arguments) {
      super(Rep.DOUBLE);
      this.fn = fn;
      this.arguments = arguments;
    }

    @Override
    public double evalDouble(EvalFrame frame) {
      if (!arguments.prepare(frame)) {
        frame.isNull = true;
        return 0;
      }
      double result = fn.call(frame.call);
      frame.isNull = frame.call.resultIsNull();
      return result;
    }
  }

  private static final class ObjectCall extends Evaluator {
    private final Fn.CallObject fn;
    private final Arguments arguments;

    ObjectCall(Fn.CallObject fn, Arguments arguments) {
      super(Rep.OBJECT);
      this.fn = fn;
      this.arguments = arguments;
    }

    @Override
    public @Nullable Object evalObject(EvalFrame frame) {
      return arguments.prepare(frame) ? fn.call(frame.call) : null;
    }
  }

  /// A function whose result may be of any type: it leaves the result in the call's first slot.
  private static final class AnyCall extends Evaluator {
    private final Fn.Any fn;
    private final Arguments arguments;

    AnyCall(Fn.Any fn, Arguments arguments, Rep rep) {
      super(rep);
      this.fn = fn;
      this.arguments = arguments;
    }

    private boolean run(EvalFrame frame) {
      if (!arguments.prepare(frame)) {
        frame.isNull = true;
        return false;
      }
      fn.call(frame.call);
      frame.isNull = frame.call.resultIsNull();
      return !frame.isNull;
    }

    @Override
    public long evalLong(EvalFrame frame) {
      return run(frame) ? frame.call.resultLong(arguments.slot) : 0;
    }

    @Override
    public double evalDouble(EvalFrame frame) {
      return run(frame) ? frame.call.resultDouble(arguments.slot) : 0;
    }

    @Override
    public @Nullable Object evalObject(EvalFrame frame) {
      return run(frame) ? frame.call.resultObject(arguments.slot) : null;
    }
  }

  /// Opens a set-returning function.
  static final class SetCall extends SetEvaluator {
    private final Fn.Set fn;
    private final Arguments arguments;

    SetCall(Fn.Set fn, Arguments arguments) {
      this.fn = fn;
      this.arguments = arguments;
    }

    @Override
    public SetIterator open(EvalFrame frame) {
      return arguments.prepare(frame) ? fn.open(frame.call) : SetIterator.NONE;
    }
  }
}
