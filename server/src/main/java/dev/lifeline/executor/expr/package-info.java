/// Typed expressions and their evaluation.
///
/// An [dev.lifeline.executor.expr.Expression] is what analysis makes of an expression of the parse
/// tree: immutable, every function, operator and coercion resolved, every type known. The planner
/// rewrites it and replaces each `Var` by a `ColumnRef` into the rows that an operator has at hand.
/// Then [dev.lifeline.executor.expr.ExprCompiler] makes an [dev.lifeline.executor.expr.Evaluator]
/// of it: immutable as well, so that a cached plan serves all sessions at once. Whatever changes
/// while it runs is in the [dev.lifeline.executor.expr.EvalFrame] of the execution.
@NullMarked
package dev.lifeline.executor.expr;

import org.jspecify.annotations.NullMarked;
