package dev.lifeline.parser.analyze;

import dev.lifeline.executor.expr.CoalesceExpr;
import dev.lifeline.executor.expr.Expression;
import dev.lifeline.executor.expr.ParseLoc;
import dev.lifeline.parser.analyze.FromClauses.Joined;
import dev.lifeline.parser.analyze.Scope.ScopeColumn;
import dev.lifeline.parser.tree.Alias;
import dev.lifeline.parser.tree.Expr;
import dev.lifeline.parser.tree.JoinExpr;
import dev.lifeline.parser.tree.JoinType;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Analyzes a join: its condition, and the columns that NATURAL and USING merge.
final class Joins {
  private final ParseState state;
  private final ExpressionAnalyzer expressions;

  Joins(ParseState state) {
    this.state = state;
    this.expressions = new ExpressionAnalyzer(state);
  }

  Joined join(JoinExpr join, Joined left, Joined right) {
    checkNames(left, right);
    List<ScopeColumn> leftColumns = columns(left);
    List<ScopeColumn> rightColumns = columns(right);
    List<String> using = join.usingClause();
    if (join.isNatural()) {
      using = common(leftColumns, rightColumns);
    }
    List<ScopeColumn> output = new ArrayList<>();
    List<Expression> conditions = new ArrayList<>();
    for (String name : using) {
      Expression l = require(leftColumns, name, "left");
      Expression r = require(rightColumns, name, "right");
      conditions.add(expressions.equal(l, r, "JOIN/USING"));
      output.add(new ScopeColumn(name, merge(join.jointype(), l, r), false));
    }
    Set<String> merged = new HashSet<>(using);
    addRest(output, leftColumns, merged);
    addRest(output, rightColumns, merged);
    Expression condition = expressions.and(conditions);
    if (join.quals() != null) {
      condition = on(join.quals(), left, right);
    }
    return new Joined(
        item(join.jointype(), left.from(), right.from(), condition),
        names(join.alias(), join.joinUsingAlias(), output, using.size(), left, right));
  }

  private static FromItem item(
      JoinType type, FromItem left, FromItem right, @Nullable Expression condition) {
    return switch (type) {
      case INNER -> new FromItem.Join(FromItem.Type.INNER, left, right, condition);
      case LEFT -> new FromItem.Join(FromItem.Type.LEFT, left, right, condition);
      case RIGHT -> new FromItem.Join(FromItem.Type.LEFT, right, left, condition);
      case FULL -> new FromItem.Join(FromItem.Type.FULL, left, right, condition);
    };
  }

  private static void checkNames(Joined left, Joined right) {
    for (Scope.Item l : left.items()) {
      for (Scope.Item r : right.items()) {
        if (l.nameVisible
            && r.nameVisible
            && l.name.equals(r.name)
            && (l.schema == null || r.schema == null || l.schema.equals(r.schema))) {
          throw PgException.error(
              SqlState.DUPLICATE_ALIAS, "table name \"%s\" specified more than once", l.name);
        }
      }
    }
  }

  private static List<ScopeColumn> columns(Joined side) {
    List<ScopeColumn> columns = new ArrayList<>();
    for (Scope.Item item : side.items()) {
      if (item.columnsVisible) {
        item.columns.stream().filter(column -> !column.system()).forEach(columns::add);
      }
    }
    return columns;
  }

  private static List<String> common(List<ScopeColumn> left, List<ScopeColumn> right) {
    Set<String> names = new HashSet<>();
    right.forEach(column -> names.add(column.name()));
    return left.stream().map(ScopeColumn::name).filter(names::contains).distinct().toList();
  }

  private static Expression require(List<ScopeColumn> columns, String name, String side) {
    Expression found = null;
    for (ScopeColumn column : columns) {
      if (column.name().equals(name)) {
        if (found != null) {
          throw PgException.error(
              SqlState.AMBIGUOUS_COLUMN,
              "common column name \"%s\" appears more than once in %s table",
              name,
              side);
        }
        found = column.expr();
      }
    }
    if (found == null) {
      throw PgException.error(
          SqlState.UNDEFINED_COLUMN,
          "column \"%s\" specified in USING clause does not exist in %s table",
          name,
          side);
    }
    return found;
  }

  /// The merged column: that of the side that is never filled up with nulls.
  private Expression merge(JoinType type, Expression left, Expression right) {
    List<Expression> both = expressions.unify(List.of(left, right), "JOIN/USING");
    return switch (type) {
      case INNER, LEFT -> both.get(0);
      case RIGHT -> both.get(1);
      case FULL -> new CoalesceExpr(both.get(0).type(), -1, both, ParseLoc.NONE);
    };
  }

  private static void addRest(
      List<ScopeColumn> output, List<ScopeColumn> columns, Set<String> merged) {
    for (ScopeColumn column : columns) {
      if (!merged.contains(column.name())) {
        output.add(column);
      }
    }
  }

  private Expression on(Expr quals, Joined left, Joined right) {
    Scope scope = state.scope().withoutItems();
    scope.items().addAll(left.items());
    scope.items().addAll(right.items());
    return new ExpressionAnalyzer(state.withScope(scope))
        .condition(quals, ExprKind.JOIN_ON, "JOIN/ON");
  }

  /// The names after the join: its own columns by their bare names, and those of its tables by
  /// qualified ones, unless the join has an alias, which hides them.
  private static List<Scope.Item> names(
      @Nullable Alias alias,
      @Nullable Alias usingAlias,
      List<ScopeColumn> output,
      int mergedCount,
      Joined left,
      Joined right) {
    List<Scope.Item> items = new ArrayList<>();
    items.addAll(left.items());
    items.addAll(right.items());
    for (Scope.Item item : items) {
      item.columnsVisible = false;
      if (alias != null) {
        item.nameVisible = false;
      }
    }
    List<ScopeColumn> named = new ArrayList<>();
    for (int i = 0; i < output.size(); i++) {
      String name =
          alias != null && i < alias.colnames().size()
              ? alias.colnames().get(i)
              : output.get(i).name();
      named.add(new ScopeColumn(name, output.get(i).expr(), false));
    }
    Scope.Item join =
        new Scope.Item(null, alias == null ? "unnamed_join" : alias.aliasname(), named, null);
    join.nameVisible = alias != null;
    items.add(join);
    if (usingAlias != null) {
      Scope.Item using =
          new Scope.Item(
              null, usingAlias.aliasname(), List.copyOf(output.subList(0, mergedCount)), null);
      using.columnsVisible = false;
      items.add(using);
    }
    return items;
  }
}
