package dev.lifeline.parser.analyze;

/// Where in a statement an expression stands: what may be in it depends on that.
enum ExprKind {
  FROM_SUBSELECT("FROM clause of their own query level", false),
  FROM_FUNCTION("functions in FROM", false),
  JOIN_ON("JOIN conditions", false),
  WHERE("WHERE", false),
  FILTER("FILTER", false),
  HAVING("HAVING", true),
  SELECT_TARGET("SELECT", true),
  INSERT_TARGET("INSERT", true),
  UPDATE_SOURCE("UPDATE", false),
  GROUP_BY("GROUP BY", false),
  ORDER_BY("ORDER BY", true),
  DISTINCT_ON("DISTINCT ON", true),
  WINDOW_PARTITION("window definitions", true),
  WINDOW_ORDER("window definitions", true),
  WINDOW_RANGE("RANGE", false),
  WINDOW_ROWS("ROWS", false),
  WINDOW_GROUPS("GROUPS", false),
  LIMIT("LIMIT", false),
  OFFSET("OFFSET", false),
  RETURNING("RETURNING", false),
  VALUES("VALUES", false),
  CHECK("check constraints", false),
  DEFAULT("DEFAULT expressions", false),
  GENERATED("column generation expressions", false),
  INDEX("index expressions", false),
  PREDICATE("index predicates", false),
  TRANSFORM("transform expressions", false);

  private final String label;
  private final boolean aggregates;

  ExprKind(String label, boolean aggregates) {
    this.label = label;
    this.aggregates = aggregates;
  }

  /// What messages call it, e.g. `aggregate functions are not allowed in WHERE`.
  String label() {
    return label;
  }

  boolean allowsAggregates() {
    return aggregates;
  }

  boolean allowsColumns() {
    return switch (this) {
      case LIMIT, OFFSET, DEFAULT, WINDOW_RANGE, WINDOW_ROWS, WINDOW_GROUPS -> false;
      default -> true;
    };
  }

  boolean allowsSubqueries() {
    return switch (this) {
      case CHECK, DEFAULT, GENERATED, INDEX, PREDICATE, TRANSFORM -> false;
      default -> true;
    };
  }

  boolean allowsWindowFunctions() {
    return this == SELECT_TARGET || this == ORDER_BY || this == DISTINCT_ON;
  }

  /// What messages about functions that are not allowed there call it.
  String place() {
    return switch (this) {
      case WINDOW_RANGE, WINDOW_ROWS, WINDOW_GROUPS -> "window " + label;
      default -> label;
    };
  }

  boolean allowsSets() {
    return switch (this) {
      case SELECT_TARGET, FROM_FUNCTION, ORDER_BY, GROUP_BY, DISTINCT_ON -> true;
      default -> false;
    };
  }
}
