package dev.lifeline.optimizer;

import dev.lifeline.executor.expr.BoolExpr;
import dev.lifeline.executor.expr.Expression;
import dev.lifeline.executor.expr.FuncExpr;
import dev.lifeline.executor.expr.NullTest;
import dev.lifeline.executor.expr.OpExpr;
import dev.lifeline.executor.expr.ParseLoc;
import dev.lifeline.executor.expr.RelabelType;
import dev.lifeline.executor.expr.ScalarArrayOpExpr;
import dev.lifeline.executor.expr.Var;
import dev.lifeline.parser.analyze.QueryWalker;
import dev.lifeline.parser.analyze.SubLinkExpr;
import dev.lifeline.utils.fmgr.BootstrapCatalog;
import dev.lifeline.utils.fmgr.PgProc;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Small questions about conditions.
final class Clauses {
  private Clauses() {}

  /// The conditions that must all hold, NOTs over OR pushed down no further than that.
  static List<Expression> conjuncts(@Nullable Expression condition) {
    List<Expression> result = new ArrayList<>();
    addConjuncts(condition, result);
    return result;
  }

  private static void addConjuncts(@Nullable Expression condition, List<Expression> result) {
    if (condition instanceof BoolExpr bool && bool.kind() == BoolExpr.Kind.AND) {
      bool.args().forEach(arg -> addConjuncts(arg, result));
    } else if (condition != null && !result.contains(condition)) {
      result.add(condition);
    }
  }

  static @Nullable Expression and(List<Expression> conditions) {
    return switch (conditions.size()) {
      case 0 -> null;
      case 1 -> conditions.getFirst();
      default -> new BoolExpr(BoolExpr.Kind.AND, conditions, ParseLoc.NONE);
    };
  }

  static @Nullable Expression and(@Nullable Expression a, @Nullable Expression b) {
    List<Expression> both = conjuncts(a);
    addConjuncts(b, both);
    return and(both);
  }

  /// The range entries that an expression names, also within its sublinks.
  static Set<Integer> ranges(Expression expr) {
    Set<Integer> result = new HashSet<>();
    QueryWalker.forEachNode(
        expr,
        node -> {
          if (node instanceof Var var) {
            result.add(var.varno());
          }
        });
    return result;
  }

  static boolean hasSubLink(Expression expr) {
    return expr.anyMatch(SubLinkExpr.class::isInstance);
  }

  static boolean hasSubPlan(Expression expr) {
    return expr.anyMatch(SubPlanExpr.class::isInstance);
  }

  static boolean returnsSet(Expression expr) {
    return expr.anyMatch(Expression::returnsSet);
  }

  static boolean isVolatile(Expression expr) {
    return expr.anyMatch(node -> {
      PgProc proc = proc(node);
      return proc != null && proc.isVolatile();
    });
  }

  private static @Nullable PgProc proc(Expression node) {
    return switch (node) {
      case FuncExpr call -> BootstrapCatalog.proc(call.function());
      case OpExpr op -> BootstrapCatalog.proc(op.function());
      case ScalarArrayOpExpr op -> BootstrapCatalog.proc(op.function());
      default -> null;
    };
  }

  /// How many operators and functions an expression calls.
  static int operators(@Nullable Expression expr) {
    if (expr == null) {
      return 0;
    }
    int count = proc(expr) == null ? 0 : 1;
    for (Expression child : expr.children()) {
      count += operators(child);
    }
    return count;
  }

  /// The range entries of which the condition is not true where all their columns are null: an
  /// outer join below it that fills these up with nulls might as well be an inner one.
  static Set<Integer> rejectsNullsOf(Expression condition) {
    Set<Integer> result = new HashSet<>();
    if (condition instanceof NullTest test) {
      if (!test.isNull() && test.arg() instanceof Var var) {
        result.add(var.varno());
      }
    } else if (condition instanceof OpExpr || condition instanceof ScalarArrayOpExpr) {
      addStrict(condition, result);
    } else if (condition instanceof Var var) {
      result.add(var.varno());
    }
    return result;
  }

  private static void addStrict(Expression expr, Set<Integer> result) {
    if (expr instanceof Var var) {
      result.add(var.varno());
      return;
    }
    if (expr instanceof ScalarArrayOpExpr any && any.useOr()) {
      addStrict(any.scalar(), result);
      return;
    }
    if (expr instanceof RelabelType relabel) {
      addStrict(relabel.arg(), result);
      return;
    }
    PgProc proc = proc(expr);
    if (proc != null && proc.strict() && !(expr instanceof ScalarArrayOpExpr)) {
      expr.children().forEach(child -> addStrict(child, result));
    }
  }
}
