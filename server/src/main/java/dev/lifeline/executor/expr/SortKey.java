package dev.lifeline.executor.expr;

/// One expression of an ORDER BY.
public record SortKey(Expression expression, boolean descending, boolean nullsFirst) {}
