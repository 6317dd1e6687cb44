package dev.lifeline.optimizer;

import dev.lifeline.catalog.ColumnStatistics;
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
import dev.lifeline.utils.adt.EvalContext;
import dev.lifeline.utils.adt.PgArray;
import dev.lifeline.utils.adt.PgType;
import dev.lifeline.utils.adt.Text;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.adt.Values;
import dev.lifeline.utils.fmgr.BootstrapCatalog;
import dev.lifeline.utils.fmgr.PgOperator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Which part of the rows a condition lets through, by the statistics of the columns. Without any
/// PostgreSQL's defaults hold; that a column is unique is known from its index.
final class Selectivity {
  static final double EQUAL = 0.005;
  static final double RANGE = 0.3333333333333333;
  static final double RANGE_PAIR = 0.005;
  private static final double MATCH = 0.005;
  private static final double UNKNOWN_BOOLEAN = 0.5;
  private static final double DISTINCT_DEFAULT = 200;

  private final Map<Integer, RelationInfo> relations;
  private final EvalContext context;

  /// @param context with the default settings
  Selectivity(Map<Integer, RelationInfo> relations, EvalContext context) {
    this.relations = relations;
    this.context = context;
  }

  /// All of them together. Conditions are taken to be independent, but for a lower and an upper
  /// bound of the same column, which make a range.
  double of(List<Expression> conditions) {
    double result = 1;
    Map<Long, Range> ranges = new LinkedHashMap<>();
    for (Expression condition : conditions) {
      if (!addBound(condition, ranges)) {
        result *= of(condition);
      }
    }
    for (Range range : ranges.values()) {
      result *= range.selectivity();
    }
    return result;
  }

  /// The bounds of a column.
  private static final class Range {
    final double nulls;
    double lower = 1;
    double upper = 1;
    boolean hasLower;
    boolean hasUpper;
    boolean guessed;

    Range(double nulls) {
      this.nulls = nulls;
    }

    double selectivity() {
      if (!hasLower || !hasUpper) {
        return hasLower ? lower : upper;
      }
      if (guessed) {
        return RANGE_PAIR;
      }
      double both = lower + upper - 1 + nulls;
      return both > 0 ? both : both < -0.01 ? RANGE_PAIR : 1e-10;
    }
  }

  private boolean addBound(Expression condition, Map<Long, Range> ranges) {
    if (!(condition instanceof OpExpr op) || op.args().size() != 2) {
      return false;
    }
    PgOperator operator = BootstrapCatalog.operator(op.operator());
    String estimator = operator == null ? "" : operator.restrictEstimator();
    if (!estimator.startsWith("scalar")) {
      return false;
    }
    boolean left = isColumn(op.args().get(0));
    if (left == isColumn(op.args().get(1))) {
      return false;
    }
    Var column = (Var) strip(op.args().get(left ? 0 : 1));
    VariableStatistics known = statistics(column);
    Range range =
        ranges.computeIfAbsent(
            (long) column.varno() << 32 | column.attno(),
            c -> new Range(known == null ? 0 : known.nullFraction()));
    double bound = range(op, estimator);
    range.guessed |= bound == RANGE;
    boolean greater = estimator.startsWith("scalarg");
    if (greater == left) {
      range.lower = range.hasLower ? Math.min(range.lower, bound) : bound;
      range.hasLower = true;
    } else {
      range.upper = range.hasUpper ? Math.min(range.upper, bound) : bound;
      range.hasUpper = true;
    }
    return true;
  }

  /// What is known of a column of a table; null when there is nothing.
  @Nullable VariableStatistics statistics(Expression expr) {
    RelationInfo info = strip(expr) instanceof Var v ? relations.get(v.varno()) : null;
    if (info == null
        || !(info.range() instanceof RangeEntry.Table table)
        || !(strip(expr) instanceof Var var)) {
      return null;
    }
    ColumnStatistics known = table.relation().statistics().get(var.attno());
    PgType type = Types.find(var.type());
    return known == null || type == null
        ? null
        : new VariableStatistics(
            known, type, info.tuples(), isUnique(table.relation(), var.attno()), context);
  }

  double of(Expression condition) {
    double result =
        switch (condition) {
          case BoolExpr bool -> bool(bool);
          case OpExpr op -> operator(op);
          case ScalarArrayOpExpr op -> array(op);
          case NullTest test -> nulls(test);
          case BooleanTest test -> booleanTest(test);
          case Var column -> booleanColumn(column);
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
          op.args().size() == 2 ? inequality(op.args().get(0), op.args().get(1)) : 1 - EQUAL;
      case "scalarltsel", "scalarlesel", "scalargtsel", "scalargesel" -> range(op, estimator);
      case "likesel" -> like(op);
      case "nlikesel" -> Math.max(0, 1 - like(op) - nullFraction(op.args().getFirst()));
      case "iclikesel", "regexeqsel", "icregexeqsel" -> MATCH;
      case "icnlikesel", "regexnesel", "icregexnesel" -> 1 - MATCH;
      default -> UNKNOWN_BOOLEAN;
    };
  }

  private double equality(Expression left, Expression right) {
    VariableStatistics ofLeft = statistics(left);
    VariableStatistics ofRight = statistics(right);
    if (isColumn(left) && isColumn(right)) {
      return ofLeft != null && ofRight != null
          ? VariableStatistics.join(ofLeft, ofRight)
          : 1 / Math.max(distinctValues(left), distinctValues(right));
    }
    VariableStatistics known = ofLeft != null ? ofLeft : ofRight;
    Expression value = ofLeft != null ? right : left;
    if (known != null) {
      return strip(value) instanceof Const constant && known.comparesWith(constant.type())
          ? known.equalTo(constant.value())
          : known.equalToUnknown();
    }
    double distinct =
        isColumn(left)
            ? distinctValues(left)
            : isColumn(right) ? distinctValues(right) : DISTINCT_DEFAULT;
    return 1 / distinct;
  }

  private double inequality(Expression left, Expression right) {
    double nulls = isColumn(left) ? nullFraction(left) : nullFraction(right);
    return Math.max(0, 1 - equality(left, right) - nulls);
  }

  private double nullFraction(Expression expr) {
    VariableStatistics known = statistics(expr);
    return known == null ? 0 : known.nullFraction();
  }

  /// Of `<`, `<=`, `>` or `>=`.
  private double range(OpExpr op, String estimator) {
    boolean left = isColumn(op.args().get(0));
    VariableStatistics known = statistics(op.args().get(left ? 0 : 1));
    if (known == null
        || !(strip(op.args().get(left ? 1 : 0)) instanceof Const constant)
        || !known.comparesWith(constant.type())) {
      return RANGE;
    }
    Object value = constant.value();
    if (value == null) {
      return 0;
    }
    boolean greater = estimator.startsWith("scalarg") == left;
    boolean orEqual = estimator.equals("scalarlesel") || estimator.equals("scalargesel");
    // Greater is what is not less or equal, and not null.
    return greater
        ? orEither(known, known.lessThan(value, !orEqual, () -> -1))
        : orDefault(known.lessThan(value, orEqual, () -> -1));
  }

  private static double orDefault(double less) {
    return less < 0 ? RANGE : less;
  }

  private static double orEither(VariableStatistics known, double less) {
    return less < 0 ? RANGE : Math.max(0, 1 - known.nullFraction() - less);
  }

  private double nulls(NullTest test) {
    VariableStatistics known = statistics(test.arg());
    double part = known == null ? EQUAL : known.nullFraction();
    return test.isNull() ? part : 1 - part;
  }

  private double booleanColumn(Var column) {
    VariableStatistics known = statistics(column);
    return known == null ? UNKNOWN_BOOLEAN : known.equalTo(1L);
  }

  private double booleanTest(BooleanTest test) {
    VariableStatistics known = statistics(test.arg());
    if (known == null || known.commonCount() == 0) {
      return UNKNOWN_BOOLEAN;
    }
    double nulls = known.nullFraction();
    double isTrue = known.equalTo(1L);
    double isFalse = Math.max(0, 1 - nulls - isTrue);
    return switch (test.kind()) {
      case IS_TRUE -> isTrue;
      case IS_NOT_TRUE -> 1 - isTrue;
      case IS_FALSE -> isFalse;
      case IS_NOT_FALSE -> 1 - isFalse;
      case IS_UNKNOWN -> nulls;
      case IS_NOT_UNKNOWN -> 1 - nulls;
    };
  }

  /// Of LIKE: by the part of the histogram whose values begin with what the pattern begins with,
  /// and a guess about the rest of the pattern.
  private double like(OpExpr op) {
    VariableStatistics known = op.args().size() == 2 ? statistics(op.args().getFirst()) : null;
    if (known == null
        || !(op.args().get(1) instanceof Const constant)
        || !(constant.value() instanceof Text pattern)
        || !known.comparesWith(Types.TEXT)) {
      return MATCH;
    }
    LikePattern like = LikePattern.of(pattern.toString());
    if (like.isExact()) {
      return known.equalTo(Text.of(like.prefix()));
    }
    double begins = 1;
    if (!like.prefix().isEmpty()) {
      Text from = Text.of(like.prefix());
      Text to = like.successor();
      double above = orEither(known, known.lessThan(from, false, () -> -1));
      double below = to == null ? 1 : orDefault(known.lessThan(to, false, () -> -1));
      boolean guessed = above == RANGE || below == RANGE;
      begins = guessed ? MATCH : above + below - 1 + known.nullFraction();
      begins = Math.max(begins, known.equalTo(from));
    }
    return Math.max(0.0001, Math.min(0.9999, begins * like.restSelectivity()));
  }

  private static boolean isColumn(Expression expr) {
    return strip(expr) instanceof Var;
  }

  static Expression strip(Expression expr) {
    return expr instanceof RelabelType relabel ? strip(relabel.arg()) : expr;
  }

  /// How many rows a table of the statement has; 0 for what is not one.
  double tuples(int range) {
    RelationInfo info = relations.get(range);
    return info == null ? 0 : info.tuples();
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
    VariableStatistics known = statistics(var);
    if (known != null) {
      return known.distinct();
    }
    if (info.range() instanceof RangeEntry.Table table && isUnique(table.relation(), var.attno())) {
      return Math.max(1, info.tuples());
    }
    return Math.max(1, Math.min(DISTINCT_DEFAULT, info.tuples()));
  }

  static boolean isUnique(Relation relation, int attnum) {
    for (Relation.Index index : relation.indexes()) {
      if (index.isUniqueKey()
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
    String estimator = operator == null ? "" : operator.restrictEstimator();
    if (estimator.equals("eqsel") || estimator.equals("neqsel")) {
      VariableStatistics known = statistics(op.scalar());
      if (known != null) {
        return members(op, known);
      }
      double equal = 1 / distinctValues(op.scalar());
      single = estimator.equals("eqsel") ? equal : 1 - equal;
    } else if (estimator.startsWith("scalar")) {
      single = RANGE;
    }
    double count = elements(op.array());
    return op.useOr() ? Math.min(1, single * count) : Math.pow(1 - single, count);
  }

  /// Of `= ANY` and `<> ALL`: the values are different, so their parts add up.
  private static double members(ScalarArrayOpExpr op, VariableStatistics known) {
    double sum = 0;
    if (op.array() instanceof Const constant
        && constant.value() instanceof PgArray array
        && known.comparesWith(array.elementType().oid())) {
      for (int i = 0; i < array.size(); i++) {
        sum += known.equalTo(Values.get(array.elements(), i));
      }
    } else if (op.array() instanceof ArrayExpr list) {
      for (Expression element : list.elements()) {
        sum +=
            strip(element) instanceof Const constant && known.comparesWith(constant.type())
                ? known.equalTo(constant.value())
                : known.equalToUnknown();
      }
    } else {
      sum = known.equalToUnknown() * elements(op.array());
    }
    PgOperator operator = BootstrapCatalog.operator(op.operator());
    boolean equal = operator != null && operator.restrictEstimator().equals("eqsel");
    if (equal != op.useOr()) {
      // All equal, or any different: the elements say little.
      return equal ? known.equalToUnknown() : 1 - known.nullFraction();
    }
    return equal ? Math.min(1, sum) : Math.max(0, 1 - sum - known.nullFraction());
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
