package dev.lifeline.executor;

import dev.lifeline.executor.expr.Evaluator;

/// A column that is computed from the others of its row when that is written.
///
/// @param position from 0
/// @param value over a whole row of the table
public record GeneratedColumn(int position, Evaluator value) {}
