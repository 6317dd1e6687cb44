package dev.lifeline.parser.tree;

/// What the end of a transaction does to a temporary table; NOOP where nothing was said.
public enum OnCommitAction {
  NOOP,
  PRESERVE_ROWS,
  DELETE_ROWS,
  DROP
}
