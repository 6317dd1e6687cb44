package dev.lifeline.optimizer;

import dev.lifeline.catalog.Relation;
import dev.lifeline.executor.expr.ArrayExpr;
import dev.lifeline.executor.expr.BoolExpr;
import dev.lifeline.executor.expr.BooleanTest;
import dev.lifeline.executor.expr.Const;
import dev.lifeline.executor.expr.Expression;
import dev.lifeline.executor.expr.NullTest;
import dev.lifeline.executor.expr.OpExpr;
import dev.lifeline.executor.expr.RelabelType;
import dev.lifeline.executor.expr.ScalarArrayOpExpr;
import dev.lifeline.executor.expr.Var;
import dev.lifeline.parser.analyze.RangeEntry;
import dev.lifeline.utils.adt.PgArray;
import dev.lifeline.utils.fmgr.BootstrapCatalog;
import dev.lifeline.utils.fmgr.PgOperator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Which part of the rows a condition lets through. Without statistics of a column PostgreSQL's
/// defaults hold; that a column is unique is known from its index.
final class Selectivity {
  static final double EQUAL = 0.005;
  static final double RANGE = 0.3333333333333333;
  static final double RANGE_PAIR = 0.005;
  private static final double MATCH = 0.005;
  private static final double UNKNOWN_BOOLEAN = 0.5;
  private static final double DISTINCT_DEFAULT = 200;

  private final Map<Integer, RelationInfo> relations;

  Selectivity(Map<Integer, RelationInfo> relations) {
    this.relations = relations;
  }

  double of(List<Expression> conditions) {
    double result = 1;
    for (Expression condition : conditions) {
      result *= of(condition);
    }
    return result;
  }

  double of(Expression condition) {
    double result =
        switch (condition) {
          case BoolExpr bool -> bool(bool);
          case OpExpr op -> operator(op);
          case ScalarArrayOpExpr op -> array(op);
          case NullTest test -> test.isNull() ? EQUAL : 1 - EQUAL;
          case BooleanTest test -> UNKNOWN_BOOLEAN;
          case Const constant -> Long.valueOf(1).equals(constant.value()) ? 1 : 0;
          default -> UNKNOWN_BOOLEAN;
        };
    return Math.max(0, Math.min(1, result));
  }

  private double bool(BoolExpr bool) {
    return switch (bool.kind()) {
      case AND -> of(bool.args());
      case NOT -> 1 - of(bool.args().getFirst());
      case OR -> {
        double result = 0;
        for (Expression arg : bool.args()) {
          double s = of(arg);
          result = result + s - result * s;
        }
        yield result;
      }
    };
  }

  private double operator(OpExpr op) {
    PgOperator operator = BootstrapCatalog.operator(op.operator());
    String estimator = operator == null ? "" : operator.restrictEstimator();
    return switch (estimator) {
      case "eqsel" -> op.args().size() == 2 ? equality(op.args().get(0), op.args().get(1)) : EQUAL;
      case "neqsel" ->
          op.args().size() == 2 ? 1 - equality(op.args().get(0), op.args().get(1)) : 1 - EQUAL;
      case "scalarltsel", "scalarlesel", "scalargtsel", "scalargesel" -> RANGE;
      case "likesel", "iclikesel", "regexeqsel", "icregexeqsel" -> MATCH;
      case "nlikesel", "icnlikesel", "regexnesel", "icregexnesel" -> 1 - MATCH;
      default -> UNKNOWN_BOOLEAN;
    };
  }

  private double equality(Expression left, Expression right) {
    double l = distinctValues(left);
    double r = distinctValues(right);
    if (isColumn(left) && isColumn(right)) {
      return 1 / Math.max(l, r);
    }
    return 1 / (isColumn(left) ? l : isColumn(right) ? r : DISTINCT_DEFAULT);
  }

  private static boolean isColumn(Expression expr) {
    return strip(expr) instanceof Var;
  }

  static Expression strip(Expression expr) {
    return expr instanceof RelabelType relabel ? strip(relabel.arg()) : expr;
  }

  /// How many different values a column has.
  double distinctValues(Expression expr) {
    if (!(strip(expr) instanceof Var var)) {
      return DISTINCT_DEFAULT;
    }
    RelationInfo info = relations.get(var.varno());
    if (info == null) {
      return DISTINCT_DEFAULT;
    }
    if (info.range() instanceof RangeEntry.Table table && isUnique(table.relation(), var.attno())) {
      return Math.max(1, info.tuples());
    }
    return Math.max(1, Math.min(DISTINCT_DEFAULT, info.tuples()));
  }

  static boolean isUnique(Relation relation, int attnum) {
    for (Relation.Index index : relation.indexes()) {
      if (index.unique()
          && index.valid()
          && index.keys().size() == 1
          && index.keys().getFirst().attnum() == attnum) {
        return true;
      }
    }
    return false;
  }

  private double array(ScalarArrayOpExpr op) {
    double single = EQUAL;
    PgOperator operator = BootstrapCatalog.operator(op.operator());
    if (operator != null && operator.restrictEstimator().equals("eqsel")) {
      single = 1 / distinctValues(op.scalar());
    } else if (operator != null && operator.restrictEstimator().startsWith("scalar")) {
      single = RANGE;
    }
    double count = elements(op.array());
    return op.useOr() ? Math.min(1, single * count) : Math.pow(1 - single, count);
  }

  static double elements(@Nullable Expression array) {
    if (array instanceof ArrayExpr list) {
      return list.elements().size();
    }
    if (array instanceof Const constant && constant.value() instanceof PgArray value) {
      return value.size();
    }
    return 10;
  }
}
