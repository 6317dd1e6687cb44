package dev.lifeline.parser.tree;

/// Whether JSON_QUERY wraps its result into an array.
public enum JsonWrapper {
  UNSPECIFIED,
  NONE,
  CONDITIONAL,
  UNCONDITIONAL
}
