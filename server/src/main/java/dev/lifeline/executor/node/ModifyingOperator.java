package dev.lifeline.executor.node;

/// An operator that changes a table.
public interface ModifyingOperator extends Operator {
  /// How many rows it has changed, as the command tag tells.
  long count();
}
