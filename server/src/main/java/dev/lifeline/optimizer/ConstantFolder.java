package dev.lifeline.optimizer;

import dev.lifeline.executor.expr.BoolExpr;
import dev.lifeline.executor.expr.Const;
import dev.lifeline.executor.expr.Expression;
import dev.lifeline.utils.adt.Types;
import java.util.ArrayList;
import java.util.List;

/// Simplifies conditions whose truth does not depend on any row, as the `1 = 1` and `true` that
/// tools write.
final class ConstantFolder {
  private ConstantFolder() {}

  static Expression fold(Expression expr) {
    Expression folded = expr.mapChildren(ConstantFolder::fold);
    return folded instanceof BoolExpr bool ? foldBool(bool) : folded;
  }

  private static Expression foldBool(BoolExpr bool) {
    return switch (bool.kind()) {
      case NOT -> {
        Expression arg = bool.args().getFirst();
        yield isTrue(arg) ? falseConst() : isFalse(arg) ? trueConst() : bool;
      }
      case AND -> foldList(bool, true);
      case OR -> foldList(bool, false);
    };
  }

  private static Expression foldList(BoolExpr bool, boolean and) {
    List<Expression> rest = new ArrayList<>();
    for (Expression arg : bool.args()) {
      if (and ? isFalse(arg) : isTrue(arg)) {
        return and ? falseConst() : trueConst();
      }
      if (!(and ? isTrue(arg) : isFalse(arg))) {
        rest.add(arg);
      }
    }
    if (rest.size() == bool.args().size()) {
      return bool;
    }
    return switch (rest.size()) {
      case 0 -> and ? trueConst() : falseConst();
      case 1 -> rest.getFirst();
      default -> new BoolExpr(bool.kind(), rest, bool.location());
    };
  }

  static boolean isTrue(Expression expr) {
    return expr instanceof Const constant
        && constant.type() == Types.BOOL
        && Long.valueOf(1).equals(constant.value());
  }

  static boolean isFalse(Expression expr) {
    return expr instanceof Const constant
        && constant.type() == Types.BOOL
        && Long.valueOf(0).equals(constant.value());
  }

  private static Const trueConst() {
    return Const.of(Types.BOOL, 1L);
  }

  private static Const falseConst() {
    return Const.of(Types.BOOL, 0L);
  }
}
