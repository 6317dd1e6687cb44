package dev.lifeline.optimizer;

import dev.lifeline.executor.expr.BoolExpr;
import dev.lifeline.executor.expr.Const;
import dev.lifeline.executor.expr.EvalFrame;
import dev.lifeline.executor.expr.ExprCompiler;
import dev.lifeline.executor.expr.Expression;
import dev.lifeline.executor.expr.FuncExpr;
import dev.lifeline.executor.expr.OpExpr;
import dev.lifeline.utils.adt.EvalContext;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.fmgr.BootstrapCatalog;
import dev.lifeline.utils.fmgr.PgProc;
import java.util.ArrayList;
import java.util.List;

/// Computes what does not depend on any row: calls of immutable functions over constants, and the
/// conditions that follow from them, as the `1 = 1` that tools write.
final class ConstantFolder {
  private final EvalContext context;

  ConstantFolder(EvalContext context) {
    this.context = context;
  }

  Expression fold(Expression expr) {
    Expression folded = expr.mapChildren(this::fold);
    if (folded instanceof BoolExpr bool) {
      return foldBool(bool);
    }
    return isComputable(folded) ? compute(folded) : folded;
  }

  private static boolean isComputable(Expression expr) {
    int function =
        switch (expr) {
          case FuncExpr call -> call.returnsSet() ? 0 : call.function();
          case OpExpr op -> op.returnsSet() ? 0 : op.function();
          default -> 0;
        };
    PgProc proc = function == 0 ? null : BootstrapCatalog.proc(function);
    return proc != null
        && proc.isImmutable()
        && !Types.get(expr.type()).isPseudo()
        && expr.children().stream().allMatch(Const.class::isInstance);
  }

  private Expression compute(Expression expr) {
    EvalFrame frame = new EvalFrame(context);
    Object value = ExprCompiler.of(expr).evalBoxed(frame);
    return new Const(expr.type(), expr.typmod(), value, expr.location());
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
