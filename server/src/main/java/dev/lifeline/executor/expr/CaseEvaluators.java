package dev.lifeline.executor.expr;

import dev.lifeline.utils.adt.TypeOps;
import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.batch.Rep;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Evaluators of the expressions that choose among their operands: CASE, COALESCE, GREATEST and
/// LEAST, NULLIF, IS DISTINCT FROM.
final class CaseEvaluators {
  private CaseEvaluators() {}

  /// An expression that decides which of its operands is its value.
  abstract static class Choice extends Evaluator {
    private static final Evaluator NULL_LONG = LeafEvaluators.constant(Rep.LONG, null);
    private static final Evaluator NULL_DOUBLE = LeafEvaluators.constant(Rep.DOUBLE, null);
    private static final Evaluator NULL_OBJECT = LeafEvaluators.constant(Rep.OBJECT, null);

    Choice(Rep rep) {
      super(rep);
    }

    /// The operand to evaluate.
    abstract Evaluator choose(EvalFrame frame);

    Evaluator nothing() {
      return nothing(rep());
    }

    static Evaluator nothing(Rep rep) {
      return switch (rep) {
        case LONG -> NULL_LONG;
        case DOUBLE -> NULL_DOUBLE;
        case OBJECT -> NULL_OBJECT;
      };
    }

    @Override
    public long evalLong(EvalFrame frame) {
      return choose(frame).evalLong(frame);
    }

    @Override
    public double evalDouble(EvalFrame frame) {
      return choose(frame).evalDouble(frame);
    }

    @Override
    public @Nullable Object evalObject(EvalFrame frame) {
      return choose(frame).evalObject(frame);
    }
  }

  /// `CASE`.
  static final class Case extends Choice {
    private final @Nullable Evaluator arg;
    private final int slot;
    private final Evaluator[] conditions;
    private final Evaluator[] results;
    private final Evaluator otherwise;

    /// @param arg what is compared, or null
    /// @param slot where the conditions find it
    Case(
        Rep rep,
        @Nullable Evaluator arg,
        int slot,
        List<Evaluator> conditions,
        List<Evaluator> results,
        @Nullable Evaluator otherwise) {
      super(rep);
      this.arg = arg;
      this.slot = slot;
      this.conditions = conditions.toArray(Evaluator[]::new);
      this.results = results.toArray(Evaluator[]::new);
      this.otherwise = otherwise == null ? nothing(rep) : otherwise;
    }

    @Override
    Evaluator choose(EvalFrame frame) {
      if (arg != null) {
        frame.call.reserve(slot, 1);
        CallEvaluators.store(frame, arg, slot);
      }
      for (int i = 0; i < conditions.length; i++) {
        if (conditions[i].isTrue(frame)) {
          return results[i];
        }
      }
      return otherwise;
    }
  }

  /// `COALESCE`: an operand is evaluated once, so it is no [Choice].
  static final class Coalesce extends Evaluator {
    private final Evaluator[] args;

    Coalesce(Rep rep, List<Evaluator> args) {
      super(rep);
      this.args = args.toArray(Evaluator[]::new);
    }

    @Override
    public long evalLong(EvalFrame frame) {
      long value = 0;
      for (Evaluator arg : args) {
        value = arg.evalLong(frame);
        if (!frame.isNull) {
          break;
        }
      }
      return value;
    }

    @Override
    public double evalDouble(EvalFrame frame) {
      double value = 0;
      for (Evaluator arg : args) {
        value = arg.evalDouble(frame);
        if (!frame.isNull) {
          break;
        }
      }
      return value;
    }

    @Override
    public @Nullable Object evalObject(EvalFrame frame) {
      for (Evaluator arg : args) {
        Object value = arg.evalObject(frame);
        if (value != null) {
          return value;
        }
      }
      return null;
    }
  }

  /// `GREATEST` and `LEAST`. Compares in two columns, which a call has for itself: rare enough.
  static final class MinMax extends Evaluator {
    private final boolean greatest;
    private final TypeOps ops;
    private final Evaluator[] args;

    MinMax(boolean greatest, TypeOps ops, List<Evaluator> args) {
      super(ops.rep());
      this.greatest = greatest;
      this.ops = ops;
      this.args = args.toArray(Evaluator[]::new);
    }

    /// A column whose first row is the result.
    private Column best(EvalFrame frame) {
      Column values = new Column(rep(), 2);
      values.setNull(0);
      for (Evaluator arg : args) {
        arg.evalInto(frame, values, 1);
        if (values.isNull(1)) {
          continue;
        }
        boolean better = values.isNull(0);
        if (!better) {
          int c = ops.compare(values, 1, values, 0);
          better = greatest ? c > 0 : c < 0;
        }
        if (better) {
          values.copy(0, values, 1);
        }
      }
      return values;
    }

    @Override
    public long evalLong(EvalFrame frame) {
      Column best = best(frame);
      frame.isNull = best.isNull(0);
      return best.getLong(0);
    }

    @Override
    public double evalDouble(EvalFrame frame) {
      Column best = best(frame);
      frame.isNull = best.isNull(0);
      return best.getDouble(0);
    }

    @Override
    public @Nullable Object evalObject(EvalFrame frame) {
      return best(frame).getObject(0);
    }
  }

  /// `NULLIF`: the left operand waits in a slot while it is compared.
  static final class NullIf extends Choice {
    private final Evaluator left;
    private final int slot;
    private final Evaluator equal;
    private final Evaluator value;

    /// @param equal compares the slot with the right operand
    NullIf(Rep rep, Evaluator left, int slot, Evaluator equal) {
      super(rep);
      this.left = left;
      this.slot = slot;
      this.equal = equal;
      this.value = new LeafEvaluators.SlotValue(rep, slot);
    }

    @Override
    Evaluator choose(EvalFrame frame) {
      frame.call.reserve(slot, 1);
      CallEvaluators.store(frame, left, slot);
      return equal.isTrue(frame) ? nothing() : value;
    }
  }

  /// `IS DISTINCT FROM`: both operands wait in slots while they are compared.
  static final class Distinct extends Evaluator {
    private final Evaluator left;
    private final Evaluator right;
    private final int slot;
    private final Evaluator equal;
    private final boolean not;

    Distinct(Evaluator left, Evaluator right, int slot, Evaluator equal, boolean not) {
      super(Rep.LONG);
      this.left = left;
      this.right = right;
      this.slot = slot;
      this.equal = equal;
      this.not = not;
    }

    @Override
    public long evalLong(EvalFrame frame) {
      frame.call.reserve(slot, 2);
      boolean hasLeft = CallEvaluators.store(frame, left, slot);
      boolean hasRight = CallEvaluators.store(frame, right, slot + 1);
      boolean same = (hasLeft && hasRight) ? equal.isTrue(frame) : hasLeft == hasRight;
      frame.isNull = false;
      return same == not ? 1 : 0;
    }
  }
}
