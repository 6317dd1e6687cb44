package dev.lifeline.parser.tree;

/// CROSS JOIN is an INNER join without a condition.
public enum JoinType {
  INNER,
  LEFT,
  FULL,
  RIGHT
}
