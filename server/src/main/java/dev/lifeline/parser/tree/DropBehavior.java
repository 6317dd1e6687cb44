package dev.lifeline.parser.tree;

/// What happens to objects that depend on what is dropped.
public enum DropBehavior {
  RESTRICT,
  CASCADE
}
