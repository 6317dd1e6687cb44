package dev.lifeline.optimizer;

import dev.lifeline.executor.expr.BoolExpr;
import dev.lifeline.executor.expr.CaseExpr;
import dev.lifeline.executor.expr.CoalesceExpr;
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
import org.jspecify.annotations.Nullable;

/// Computes what does not depend on any row: calls of immutable functions over constants, and the
/// conditions that follow from them, as the `1 = 1` that tools write.
final class ConstantFolder {
  private final EvalContext context;

  ConstantFolder(EvalContext context) {
    this.context = context;
  }

  Expression fold(Expression expr) {
    return switch (expr) {
      case BoolExpr bool -> foldBool(bool);
      case CoalesceExpr coalesce -> foldCoalesce(coalesce);
      case CaseExpr choice when choice.arg() == null -> foldCase(choice);
      // Which branch a constant takes is not found out here, so that none of them may fail here.
      case CaseExpr choice when choice.arg() instanceof Const -> choice;
      default -> {
        Expression folded = expr.mapChildren(this::fold);
        yield isComputable(folded) ? compute(folded) : folded;
      }
    };
  }

  /// What comes after the first value that is known not to be null is never computed, so that it
  /// may not fail here either.
  private Expression foldCoalesce(CoalesceExpr coalesce) {
    List<Expression> rest = new ArrayList<>();
    for (Expression arg : coalesce.args()) {
      Expression folded = fold(arg);
      if (folded instanceof Const constant) {
        if (constant.value() == null) {
          continue;
        }
        if (rest.isEmpty()) {
          return folded;
        }
        rest.add(folded);
        break;
      }
      rest.add(folded);
    }
    return rest.isEmpty()
        ? new Const(coalesce.type(), coalesce.typmod(), null, coalesce.location())
        : coalesce.withChildren(rest);
  }

  /// As [#foldCoalesce]: a branch that cannot be taken is left as it is.
  private Expression foldCase(CaseExpr choice) {
    List<CaseExpr.When> whens = new ArrayList<>();
    for (CaseExpr.When when : choice.whens()) {
      Expression condition = fold(when.condition());
      if (condition instanceof Const && !isTrue(condition)) {
        continue;
      }
      Expression result = fold(when.result());
      if (isTrue(condition)) {
        return whens.isEmpty() ? result : withWhens(choice, whens, result);
      }
      whens.add(new CaseExpr.When(condition, result));
    }
    Expression otherwise = choice.otherwise() == null ? null : fold(choice.otherwise());
    if (whens.isEmpty()) {
      return otherwise == null
          ? new Const(choice.type(), choice.typmod(), null, choice.location())
          : otherwise;
    }
    return withWhens(choice, whens, otherwise);
  }

  private static CaseExpr withWhens(
      CaseExpr choice, List<CaseExpr.When> whens, @Nullable Expression otherwise) {
    return new CaseExpr(
        choice.type(), choice.typmod(), choice.arg(), whens, otherwise, choice.location());
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

  private Expression foldBool(BoolExpr bool) {
    return switch (bool.kind()) {
      case NOT -> {
        Expression arg = fold(bool.args().getFirst());
        yield isTrue(arg)
            ? falseConst()
            : isFalse(arg) ? trueConst() : bool.withChildren(List.of(arg));
      }
      case AND -> foldList(bool, true);
      case OR -> foldList(bool, false);
    };
  }

  private Expression foldList(BoolExpr bool, boolean and) {
    List<Expression> rest = new ArrayList<>();
    for (Expression operand : bool.args()) {
      Expression arg = fold(operand);
      if (and ? isFalse(arg) : isTrue(arg)) {
        return and ? falseConst() : trueConst();
      }
      if (!(and ? isTrue(arg) : isFalse(arg))) {
        rest.add(arg);
      }
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
