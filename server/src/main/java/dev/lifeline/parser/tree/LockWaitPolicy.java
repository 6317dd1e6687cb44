package dev.lifeline.parser.tree;

/// What a row lock does when another transaction holds the row.
public enum LockWaitPolicy {
  BLOCK,
  SKIP,
  ERROR
}
