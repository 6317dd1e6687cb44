package dev.lifeline.executor;

import dev.lifeline.executor.expr.Evaluator;

/// A check constraint, compiled: over a whole row of the table.
///
/// @param condition is violated where it is false; null is not a violation
public record RowCheck(String name, Evaluator condition) {}
