package dev.lifeline.optimizer;

import dev.lifeline.executor.expr.Expression;

/// One expression of an order.
public record SortItem(Expression expr, boolean descending, boolean nullsFirst) {}
