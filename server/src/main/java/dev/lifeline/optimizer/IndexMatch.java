package dev.lifeline.optimizer;

import dev.lifeline.catalog.Relation;
import dev.lifeline.executor.expr.Expression;
import dev.lifeline.executor.expr.NullTest;
import dev.lifeline.executor.expr.OpExpr;
import dev.lifeline.executor.expr.RelabelType;
import dev.lifeline.executor.expr.Var;
import dev.lifeline.parser.analyze.RangeEntry;
import dev.lifeline.parser.analyze.RangeEntry.RangeColumn;
import dev.lifeline.parser.func.SortOperators;
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
/// @param equalities how many columns are fixed
record IndexMatch(Relation.Index index, List<Plan.IndexCondition> conditions, int equalities) {

  static IndexMatch of(RangeEntry.Table table, Relation.Index index, List<Expression> given) {
    List<Plan.IndexCondition> found = new ArrayList<>();
    int equalities = 0;
    for (int key = 0; key < index.keys().size(); key++) {
      RangeColumn column = ScanPaths.column(table, index.keys().get(key).attnum());
      if (column == null) {
        break;
      }
      List<Plan.IndexCondition> onKey = new ArrayList<>();
      for (Expression condition : given) {
        Plan.IndexCondition match = match(condition, table, column, key);
        if (match != null) {
          onKey.add(match);
        }
      }
      Plan.IndexCondition equality = equality(onKey);
      if (equality == null) {
        addRange(found, onKey);
        break;
      }
      found.add(equality);
      equalities++;
    }
    return new IndexMatch(index, found, equalities);
  }

  private static Plan.@Nullable IndexCondition equality(List<Plan.IndexCondition> conditions) {
    for (Plan.IndexCondition condition : conditions) {
      if (condition.kind() == Plan.IndexCondition.Kind.EQUAL
          || condition.kind() == Plan.IndexCondition.Kind.IS_NULL) {
        return condition;
      }
    }
    return null;
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
        case IS_NOT_NULL -> {
          if (conditions.size() == 1) {
            found.add(condition);
          }
        }
        case EQUAL, IS_NULL -> throw new IllegalStateException("an equality is no range");
      }
    }
  }

  private static Plan.@Nullable IndexCondition match(
      Expression condition, RangeEntry.Table table, RangeColumn column, int key) {
    if (condition instanceof NullTest test && isColumn(test.arg(), table, column)) {
      return new Plan.IndexCondition(
          key,
          test.isNull() ? Plan.IndexCondition.Kind.IS_NULL : Plan.IndexCondition.Kind.IS_NOT_NULL,
          null,
          condition);
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
    if (isColumn(left, table, column) && isValue(right, table)) {
      return condition(operator, column, left, right, key, op);
    }
    if (isColumn(right, table, column) && isValue(left, table) && operator.commutator() != 0) {
      PgOperator swapped = BootstrapCatalog.operator(operator.commutator());
      return swapped == null ? null : condition(swapped, column, right, left, key, op);
    }
    return null;
  }

  private static Plan.@Nullable IndexCondition condition(
      PgOperator operator,
      RangeColumn column,
      Expression columnExpr,
      Expression value,
      int key,
      OpExpr shown) {
    Plan.IndexCondition.Kind kind = kind(operator.name());
    SortOperators order = SortOperators.find(columnExpr.type());
    if (kind == null || order == null || !comparable(column.typeOid(), operator, value)) {
      return null;
    }
    return new Plan.IndexCondition(key, kind, value, shown);
  }

  /// Whether the operator compares as the index does: both sides of the column's type, or both
  /// integers, whose keys are made of the value as it would be in the column's type.
  private static boolean comparable(int columnType, PgOperator operator, Expression value) {
    if (isInteger(columnType)) {
      return isInteger(operator.leftType())
          && isInteger(operator.rightType())
          && isInteger(value.type());
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

  private static boolean isColumn(Expression expr, RangeEntry.Table table, RangeColumn column) {
    Expression inner = expr;
    while (inner instanceof RelabelType relabel) {
      inner = relabel.arg();
    }
    return inner instanceof Var var && var.varno() == table.id() && var.attno() == column.attnum();
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
    return index.unique() && equalities == index.keys().size();
  }

  /// The conditions as they were written, which need no check besides.
  List<Expression> shown() {
    return conditions.stream().map(Plan.IndexCondition::shown).toList();
  }
}
