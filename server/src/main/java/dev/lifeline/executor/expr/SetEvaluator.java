package dev.lifeline.executor.expr;

import dev.lifeline.utils.fmgr.SetIterator;

/// A call of a set-returning function that can be executed. Its arguments must not return sets
/// themselves; the planner takes nested ones apart.
public abstract class SetEvaluator {
  /// Evaluates the arguments for the frame's current rows and begins the set.
  public abstract SetIterator open(EvalFrame frame);
}
