package dev.lifeline.executor;

import dev.lifeline.executor.expr.Aggref;
import dev.lifeline.executor.expr.ArrayCoerceExpr;
import dev.lifeline.executor.expr.ArrayExpr;
import dev.lifeline.executor.expr.BoolExpr;
import dev.lifeline.executor.expr.BooleanTest;
import dev.lifeline.executor.expr.CaseExpr;
import dev.lifeline.executor.expr.CoalesceExpr;
import dev.lifeline.executor.expr.CoerceViaIo;
import dev.lifeline.executor.expr.DistinctExpr;
import dev.lifeline.executor.expr.Expression;
import dev.lifeline.executor.expr.FuncExpr;
import dev.lifeline.executor.expr.GroupingExpr;
import dev.lifeline.executor.expr.MinMaxExpr;
import dev.lifeline.executor.expr.NullIfExpr;
import dev.lifeline.executor.expr.NullTest;
import dev.lifeline.executor.expr.OpExpr;
import dev.lifeline.executor.expr.RelabelType;
import dev.lifeline.executor.expr.RowExpr;
import dev.lifeline.executor.expr.ScalarArrayOpExpr;
import dev.lifeline.executor.expr.SubscriptingRef;
import dev.lifeline.executor.expr.WindowFunc;
import dev.lifeline.parser.analyze.SubLinkExpr;

/// Where a pretty definition needs parentheses: PostgreSQL leaves them out only where nobody could
/// be in doubt.
final class RuleParentheses {
  private RuleParentheses() {}

  /// Whether an operand needs none within its parent.
  static boolean isSimple(Expression expr, Expression parent) {
    return switch (expr) {
      case RelabelType cast -> isSimple(cast.arg(), expr);
      case CoerceViaIo cast -> isSimple(cast.arg(), expr);
      case ArrayCoerceExpr cast -> isSimple(cast.arg(), expr);
      case OpExpr op when parent instanceof OpExpr outer -> bindsTighter(op, outer);
      case OpExpr op -> isSeparated(parent) || parent instanceof BoolExpr;
      case SubLinkExpr link -> isSeparated(parent) || parent instanceof BoolExpr;
      case NullTest test -> isSeparated(parent) || parent instanceof BoolExpr;
      case BooleanTest test -> isSeparated(parent) || parent instanceof BoolExpr;
      case DistinctExpr distinct -> isSeparated(parent) || parent instanceof BoolExpr;
      case ScalarArrayOpExpr op -> false;
      case BoolExpr bool when parent instanceof BoolExpr outer -> nests(bool, outer);
      case BoolExpr bool -> isSeparated(parent);
      default -> true;
    };
  }

  /// Whether the parent puts its operands between separators of its own.
  private static boolean isSeparated(Expression parent) {
    return switch (parent) {
      case FuncExpr call -> call.form() == FuncExpr.Form.CALL;
      case SubscriptingRef p -> true;
      case ArrayExpr p -> true;
      case RowExpr p -> true;
      case CoalesceExpr p -> true;
      case MinMaxExpr p -> true;
      case NullIfExpr p -> true;
      case Aggref p -> true;
      case GroupingExpr p -> true;
      case WindowFunc p -> true;
      case CaseExpr p -> true;
      default -> false;
    };
  }

  private static boolean nests(BoolExpr inner, BoolExpr outer) {
    return switch (inner.kind()) {
      case NOT, AND -> outer.kind() != BoolExpr.Kind.NOT;
      case OR -> outer.kind() == BoolExpr.Kind.OR;
    };
  }

  /// Only the arithmetic operators are known to everybody.
  @SuppressWarnings("ReferenceEquality") // whether it is the left one, and not one that is like it
  private static boolean bindsTighter(OpExpr inner, OpExpr outer) {
    int own = priority(inner);
    int around = priority(outer);
    if (own == 0 || around == 0 || own < around) {
      return false;
    }
    return own > around || outer.args().getFirst() == (Expression) inner;
  }

  private static int priority(OpExpr op) {
    String name = RuleExpressions.operatorName(op.operator());
    if (op.args().size() != 2 || name.length() != 1) {
      return 0;
    }
    return "+-".contains(name) ? 1 : "*/%".contains(name) ? 2 : 0;
  }
}
