package dev.lifeline.optimizer;

import dev.lifeline.catalog.VirtualTable;
import dev.lifeline.executor.expr.Expression;
import dev.lifeline.executor.expr.NullTest;
import dev.lifeline.executor.expr.OpExpr;
import dev.lifeline.executor.expr.ScalarArrayOpExpr;
import dev.lifeline.executor.expr.Var;
import dev.lifeline.parser.analyze.RangeEntry;
import dev.lifeline.parser.func.SortOperators;
import dev.lifeline.utils.adt.PgType;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.fmgr.BootstrapCatalog;
import dev.lifeline.utils.fmgr.PgOperator;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which conditions an index's order answers: equalities on its first columns, and after them a
/// range on one more.
///
/// @param conditions in the order of the index's columns
/// @param equalities how many columns are fixed, each to one value
record IndexMatch(IndexInfo info, List<Plan.IndexCondition> conditions, int equalities) {

  static IndexMatch of(
      PlannerContext context, RangeEntry.Table table, IndexInfo info, List<Expression> given) {
    List<Plan.IndexCondition> found = new ArrayList<>();
    int equalities = 0;
    for (int key = 0; key < info.keys().size(); key++) {
      Expression keyExpr = info.keys().get(key);
      List<Plan.IndexCondition> onKey = new ArrayList<>();
      for (Expression condition : given) {
        Plan.IndexCondition match = match(condition, table, keyExpr, key);
        if (match != null) {
          onKey.add(match);
        } else {
          onKey.addAll(PatternMatch.bounds(context, condition, keyExpr, key));
        }
      }
      Plan.IndexCondition equality = equality(onKey);
      if (equality == null) {
        addRange(found, onKey);
        break;
      }
      found.add(equality);
      equalities += equality.kind() == Plan.IndexCondition.Kind.ANY ? 0 : 1;
    }
    return new IndexMatch(info, found, equalities);
  }

  /// The conditions by which a virtual table can make fewer rows; the key of each is its column.
  static List<Plan.IndexCondition> narrowing(
      RangeEntry.Table table, VirtualTable virtual, List<Expression> given) {
    List<Plan.IndexCondition> found = new ArrayList<>();
    for (RangeEntry.RangeColumn column : table.columns()) {
      int position = column.attnum() - 1;
      if (position < 0 || !virtual.narrows(position)) {
        continue;
      }
      Expression key = ScanPaths.var(table, column);
      for (Expression condition : given) {
        Plan.IndexCondition match = match(condition, table, key, position);
        if (match != null && match.value() != null) {
          found.add(match);
        }
      }
    }
    return found;
  }

  private static Plan.@Nullable IndexCondition equality(List<Plan.IndexCondition> conditions) {
    Plan.IndexCondition any = null;
    for (Plan.IndexCondition condition : conditions) {
      switch (condition.kind()) {
        case EQUAL, IS_NULL -> {
          return condition;
        }
        case ANY -> any = any == null ? condition : any;
        default -> {}
      }
    }
    return any;
  }

  /// At most one lower and one upper bound; a second one on the same side stays a filter.
  private static void addRange(
      List<Plan.IndexCondition> found, List<Plan.IndexCondition> conditions) {
    boolean lower = false;
    boolean upper = false;
    for (Plan.IndexCondition condition : conditions) {
      switch (condition.kind()) {
        case GREATER, GREATER_EQUAL -> {
          if (!lower) {
            found.add(condition);
            lower = true;
          }
        }
        case LESS, LESS_EQUAL -> {
          if (!upper) {
            found.add(condition);
            upper = true;
          }
        }
        case IS_NOT_NULL -> found.add(condition);
        case EQUAL, ANY, IS_NULL -> throw new IllegalStateException("an equality is no range");
      }
    }
  }

  private static Plan.@Nullable IndexCondition match(
      Expression condition, RangeEntry.Table table, Expression keyExpr, int key) {
    if (condition instanceof NullTest test && isKey(test.arg(), keyExpr)) {
      return new Plan.IndexCondition(
          key,
          test.isNull() ? Plan.IndexCondition.Kind.IS_NULL : Plan.IndexCondition.Kind.IS_NOT_NULL,
          null,
          condition);
    }
    if (condition instanceof ScalarArrayOpExpr any) {
      return any(any, table, keyExpr, key);
    }
    if (!(condition instanceof OpExpr op) || op.args().size() != 2) {
      return null;
    }
    Expression left = op.args().get(0);
    Expression right = op.args().get(1);
    PgOperator operator = BootstrapCatalog.operator(op.operator());
    if (operator == null) {
      return null;
    }
    if (isKey(left, keyExpr) && isValue(right, table)) {
      return condition(operator, keyExpr.type(), left, right, key, op);
    }
    if (isKey(right, keyExpr) && isValue(left, table) && operator.commutator() != 0) {
      PgOperator swapped = BootstrapCatalog.operator(operator.commutator());
      return swapped == null ? null : condition(swapped, keyExpr.type(), right, left, key, op);
    }
    return null;
  }

  /// `key = ANY (array)`, which `key IN (...)` is as well.
  private static Plan.@Nullable IndexCondition any(
      ScalarArrayOpExpr any, RangeEntry.Table table, Expression keyExpr, int key) {
    PgOperator operator = BootstrapCatalog.operator(any.operator());
    PgType arrayType = Types.find(any.array().type());
    if (operator == null
        || arrayType == null
        || !any.useOr()
        || !operator.name().equals("=")
        || !isKey(any.scalar(), keyExpr)
        || !isValue(any.array(), table)
        || !comparable(keyExpr.type(), operator, arrayType.elementOid())) {
      return null;
    }
    return new Plan.IndexCondition(key, Plan.IndexCondition.Kind.ANY, any.array(), any);
  }

  private static Plan.@Nullable IndexCondition condition(
      PgOperator operator,
      int keyType,
      Expression columnExpr,
      Expression value,
      int key,
      OpExpr shown) {
    Plan.IndexCondition.Kind kind = kind(operator.name());
    SortOperators order = SortOperators.find(columnExpr.type());
    if (kind == null || order == null || !comparable(keyType, operator, value.type())) {
      return null;
    }
    return new Plan.IndexCondition(key, kind, value, shown);
  }

  /// Whether the operator compares as the index does: both sides of the column's type, or both
  /// integers, whose keys are made of the value as it would be in the column's type.
  private static boolean comparable(int columnType, PgOperator operator, int valueType) {
    if (isInteger(columnType)) {
      return isInteger(operator.leftType())
          && isInteger(operator.rightType())
          && isInteger(valueType);
    }
    return operator.leftType() == operator.rightType()
        && (operator.leftType() == columnType
            || (operator.leftType() == Types.TEXT && columnType == Types.VARCHAR)
            || (operator.leftType() == Types.TEXT && columnType == Types.NAME));
  }

  static boolean isInteger(int type) {
    return type == Types.INT2 || type == Types.INT4 || type == Types.INT8;
  }

  private static Plan.IndexCondition.@Nullable Kind kind(String operator) {
    return switch (operator) {
      case "=" -> Plan.IndexCondition.Kind.EQUAL;
      case "<" -> Plan.IndexCondition.Kind.LESS;
      case "<=" -> Plan.IndexCondition.Kind.LESS_EQUAL;
      case ">" -> Plan.IndexCondition.Kind.GREATER;
      case ">=" -> Plan.IndexCondition.Kind.GREATER_EQUAL;
      default -> null;
    };
  }

  /// Whether an expression is a key of the index, perhaps as another type of the same form.
  static boolean isKey(Expression expr, Expression keyExpr) {
    Expression inner = Selectivity.strip(expr);
    if (inner instanceof Var var && keyExpr instanceof Var key) {
      return var.varno() == key.varno() && var.attno() == key.attno();
    }
    return inner.equals(Selectivity.strip(keyExpr));
  }

  /// Whether an expression has one value for the whole scan.
  private static boolean isValue(Expression expr, RangeEntry.Table table) {
    return !Clauses.ranges(expr).contains(table.id())
        && !expr.anyMatch(Var.class::isInstance)
        && !Clauses.isVolatile(expr)
        && !Clauses.hasSubLink(expr);
  }

  boolean usable() {
    return !conditions.isEmpty();
  }

  /// Whether at most one row can match.
  boolean isUniqueLookup() {
    return info.index().unique() && equalities == info.index().keys().size();
  }

  /// The conditions as they were written.
  List<Expression> shown() {
    return conditions.stream().map(Plan.IndexCondition::shown).toList();
  }
}
