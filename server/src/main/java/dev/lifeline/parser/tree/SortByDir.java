package dev.lifeline.parser.tree;

/// The direction of an ORDER BY item; USING names an operator.
public enum SortByDir {
  DEFAULT,
  ASC,
  DESC,
  USING
}
