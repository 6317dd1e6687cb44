package dev.lifeline.parser.tree;

/// `LIMIT n` and `FETCH FIRST n ROWS ONLY` are COUNT.
public enum LimitOption {
  COUNT,
  WITH_TIES
}
