package dev.lifeline.executor.expr;

/// An expression of a kind that this package does not know: analysis and planner have subqueries
/// (sublinks and subplans), which hold queries and plans.
public non-sealed interface ExtensionExpr extends Expression {
  /// Makes it executable.
  ///
  /// @param compiler compiles the expressions below it
  Evaluator compile(ExprCompiler compiler);
}
