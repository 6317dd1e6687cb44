package dev.lifeline.parser.tree;

/// `MATCH` of a foreign key.
public enum FkMatch {
  SIMPLE,
  FULL,
  PARTIAL
}
