package dev.lifeline.executor.expr;

import dev.lifeline.utils.adt.PgRecord;
import dev.lifeline.utils.batch.Rep;
import java.util.List;

/// Evaluators of AND, OR, NOT and of the tests for null and truth.
final class BoolEvaluators {
  private BoolEvaluators() {}

  static Evaluator of(BoolExpr.Kind kind, List<Evaluator> args) {
    Evaluator[] array = args.toArray(Evaluator[]::new);
    return switch (kind) {
      case AND -> new And(array);
      case OR -> new Or(array);
      case NOT -> new Not(array[0]);
    };
  }

  /// False as soon as one is false; else null where one is null.
  static final class And extends Evaluator {
    private final Evaluator[] args;

    And(Evaluator[] args) {
      super(Rep.LONG);
      this.args = args;
    }

    @Override
    public long evalLong(EvalFrame frame) {
      boolean anyNull = false;
      for (Evaluator arg : args) {
        long value = arg.evalLong(frame);
        if (frame.isNull) {
          anyNull = true;
        } else if (value == 0) {
          return 0;
        }
      }
      frame.isNull = anyNull;
      return anyNull ? 0 : 1;
    }

    /// Each operand only sees the rows that the ones before it have left. An operand that is null
    /// for a row keeps it out just as one that is false does, so the order of evaluation is that of
    /// [#evalLong] but for operands after a null.
    @Override
    public int filter(EvalFrame frame, int[] rows, int count) {
      int kept = count;
      for (Evaluator arg : args) {
        if (kept == 0) {
          break;
        }
        kept = arg.filter(frame, rows, kept);
      }
      return kept;
    }
  }

  /// True as soon as one is true; else null where one is null.
  static final class Or extends Evaluator {
    private final Evaluator[] args;

    Or(Evaluator[] args) {
      super(Rep.LONG);
      this.args = args;
    }

    @Override
    public long evalLong(EvalFrame frame) {
      boolean anyNull = false;
      for (Evaluator arg : args) {
        long value = arg.evalLong(frame);
        if (frame.isNull) {
          anyNull = true;
        } else if (value != 0) {
          return 1;
        }
      }
      frame.isNull = anyNull;
      return 0;
    }
  }

  /// The opposite; null of null.
  static final class Not extends Evaluator {
    private final Evaluator arg;

    Not(Evaluator arg) {
      super(Rep.LONG);
      this.arg = arg;
    }

    @Override
    public long evalLong(EvalFrame frame) {
      return arg.evalLong(frame) == 0 ? 1 : 0;
    }
  }

  /// `IS [NOT] NULL` of a value that is no row.
  static final class IsNull extends Evaluator {
    private final Evaluator arg;
    private final boolean isNull;

    IsNull(Evaluator arg, boolean isNull) {
      super(Rep.LONG);
      this.arg = arg;
      this.isNull = isNull;
    }

    @Override
    public long evalLong(EvalFrame frame) {
      boolean argIsNull = isNull(frame, arg);
      frame.isNull = false;
      return argIsNull == isNull ? 1 : 0;
    }
  }

  /// `IS [NOT] NULL` of a row: it is null where all of its fields are, and not null where none is.
  static final class RowIsNull extends Evaluator {
    private final Evaluator arg;
    private final boolean isNull;

    RowIsNull(Evaluator arg, boolean isNull) {
      super(Rep.LONG);
      this.arg = arg;
      this.isNull = isNull;
    }

    @Override
    public long evalLong(EvalFrame frame) {
      Object value = arg.evalObject(frame);
      frame.isNull = false;
      if (!(value instanceof PgRecord record)) {
        return (value == null) == isNull ? 1 : 0;
      }
      for (Object field : record.values()) {
        if ((field == null) != isNull) {
          return 0;
        }
      }
      return 1;
    }
  }

  /// `IS [NOT] TRUE`, `FALSE`, `UNKNOWN`.
  static final class Truth extends Evaluator {
    private final Evaluator arg;
    private final BooleanTest.Kind kind;

    Truth(Evaluator arg, BooleanTest.Kind kind) {
      super(Rep.LONG);
      this.arg = arg;
      this.kind = kind;
    }

    @Override
    public long evalLong(EvalFrame frame) {
      boolean value = arg.evalLong(frame) != 0;
      boolean unknown = frame.isNull;
      frame.isNull = false;
      boolean result =
          switch (kind) {
            case IS_TRUE -> !unknown && value;
            case IS_NOT_TRUE -> unknown || !value;
            case IS_FALSE -> !unknown && !value;
            case IS_NOT_FALSE -> unknown || value;
            case IS_UNKNOWN -> unknown;
            case IS_NOT_UNKNOWN -> !unknown;
          };
      return result ? 1 : 0;
    }
  }

  /// Evaluates for nothing but whether the value is null.
  static boolean isNull(EvalFrame frame, Evaluator evaluator) {
    return switch (evaluator.rep()) {
      case LONG -> {
        long ignored = evaluator.evalLong(frame);
        yield frame.isNull;
      }
      case DOUBLE -> {
        double ignored = evaluator.evalDouble(frame);
        yield frame.isNull;
      }
      case OBJECT -> evaluator.evalObject(frame) == null;
    };
  }
}
