package dev.lifeline.optimizer;

import dev.lifeline.executor.expr.BoolExpr;
import dev.lifeline.executor.expr.BooleanTest;
import dev.lifeline.executor.expr.Const;
import dev.lifeline.executor.expr.Expression;
import dev.lifeline.executor.expr.NullTest;
import dev.lifeline.executor.expr.OpExpr;
import dev.lifeline.executor.expr.ScalarArrayOpExpr;
import dev.lifeline.utils.adt.PgArray;
import dev.lifeline.utils.adt.PgType;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.adt.Values;
import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.fmgr.BootstrapCatalog;
import dev.lifeline.utils.fmgr.PgOperator;
import dev.lifeline.utils.fmgr.PgProc;
import java.util.List;

/// Whether a condition holds wherever others do: the simple cases, which are those that partial
/// indexes are made for. What is not recognized is not implied.
final class Implication {
  private Implication() {}

  /// Whether the predicate is true for every row for which all conditions are.
  static boolean implies(List<Expression> conditions, Expression predicate) {
    if (predicate instanceof BoolExpr bool) {
      switch (bool.kind()) {
        case AND -> {
          return bool.args().stream().allMatch(arg -> implies(conditions, arg));
        }
        case OR -> {
          if (bool.args().stream().anyMatch(arg -> implies(conditions, arg))) {
            return true;
          }
        }
        case NOT -> {}
      }
    }
    return conditions.stream().anyMatch(condition -> implies(condition, predicate));
  }

  private static boolean implies(Expression condition, Expression predicate) {
    if (condition.equals(predicate)) {
      return true;
    }
    if (condition instanceof BoolExpr bool && bool.kind() == BoolExpr.Kind.OR) {
      return bool.args().stream().allMatch(arg -> implies(Clauses.conjuncts(arg), predicate));
    }
    if (predicate instanceof NullTest test && !test.isNull()) {
      return rejectsNull(condition, test.arg());
    }
    if (predicate instanceof BooleanTest test && test.arg().equals(condition)) {
      return test.kind() == BooleanTest.Kind.IS_TRUE
          || test.kind() == BooleanTest.Kind.IS_NOT_FALSE;
    }
    if (condition instanceof BooleanTest test && test.kind() == BooleanTest.Kind.IS_TRUE) {
      return test.arg().equals(predicate);
    }
    if (predicate instanceof ScalarArrayOpExpr any && any.useOr()) {
      return isOneOf(condition, any);
    }
    return condition instanceof OpExpr c
        && predicate instanceof OpExpr p
        && comparisonImplies(c, p);
  }

  /// Whether the condition is not true where the expression is null.
  private static boolean rejectsNull(Expression condition, Expression expr) {
    return switch (condition) {
      case OpExpr op -> isStrict(op.function()) && isOperand(op.args(), expr);
      case ScalarArrayOpExpr op ->
          op.useOr() && isStrict(op.function()) && op.scalar().equals(expr);
      default -> condition.equals(expr);
    };
  }

  private static boolean isOperand(List<Expression> args, Expression expr) {
    return args.stream().anyMatch(arg -> Selectivity.strip(arg).equals(Selectivity.strip(expr)));
  }

  private static boolean isStrict(int function) {
    PgProc proc = BootstrapCatalog.proc(function);
    return proc != null && proc.strict();
  }

  private static boolean isOneOf(Expression condition, ScalarArrayOpExpr any) {
    if (!(condition instanceof OpExpr op)
        || op.operator() != any.operator()
        || !op.args().getFirst().equals(any.scalar())
        || !(op.args().getLast() instanceof Const constant)
        || !(any.array() instanceof Const list)
        || !(list.value() instanceof PgArray array)
        || constant.value() == null) {
      return false;
    }
    PgType type = array.elementType();
    Column value = Values.column(type, constant.value());
    for (int i = 0; i < array.size(); i++) {
      if (!array.elements().isNull(i) && type.ops().compare(value, 0, array.elements(), i) == 0) {
        return true;
      }
    }
    return false;
  }

  /// `x < 5` implies `x < 10`, and so on: both compare the same expression with constants.
  private static boolean comparisonImplies(OpExpr condition, OpExpr predicate) {
    PgOperator c = BootstrapCatalog.operator(condition.operator());
    PgOperator p = BootstrapCatalog.operator(predicate.operator());
    if (c == null
        || p == null
        || condition.args().size() != 2
        || predicate.args().size() != 2
        || !condition.args().getFirst().equals(predicate.args().getFirst())
        || !(condition.args().getLast() instanceof Const cValue)
        || !(predicate.args().getLast() instanceof Const pValue)
        || cValue.value() == null
        || pValue.value() == null
        || cValue.type() != pValue.type()
        || c.leftType() != c.rightType()
        || p.leftType() != p.rightType()) {
      return false;
    }
    PgType type = Types.get(cValue.type());
    int order =
        type.ops()
            .compare(
                Values.column(type, cValue.value()), 0, Values.column(type, pValue.value()), 0);
    return switch (p.name()) {
      case "<" -> isUpper(c, false) ? order <= 0 : isUpper(c, true) && order < 0;
      case "<=" -> (isUpper(c, false) || isUpper(c, true)) && order <= 0;
      case ">" -> isLower(c, false) ? order >= 0 : isLower(c, true) && order > 0;
      case ">=" -> (isLower(c, false) || isLower(c, true)) && order >= 0;
      case "<>" -> c.name().equals("=") && order != 0;
      default -> false;
    };
  }

  private static boolean isUpper(PgOperator operator, boolean inclusive) {
    return inclusive
        ? operator.name().equals("<=") || operator.name().equals("=")
        : operator.name().equals("<");
  }

  private static boolean isLower(PgOperator operator, boolean inclusive) {
    return inclusive
        ? operator.name().equals(">=") || operator.name().equals("=")
        : operator.name().equals(">");
  }
}
