package dev.lifeline.parser.tree;

/// `WITH [LOCAL | CASCADED] CHECK OPTION`.
public enum ViewCheckOption {
  NONE,
  LOCAL,
  CASCADED
}
