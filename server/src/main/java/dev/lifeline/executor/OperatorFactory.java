package dev.lifeline.executor;

import dev.lifeline.executor.expr.EvalFrame;
import dev.lifeline.executor.node.Operator;

/// A node of a compiled plan: immutable, and shared by all executions, for each of which it makes
/// the operators.
@FunctionalInterface
public interface OperatorFactory {
  /// Makes the operator for one execution.
  ///
  /// @param frame for the expressions of this level of the plan
  Operator create(ExecState state, EvalFrame frame);
}
