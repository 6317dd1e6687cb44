package dev.lifeline.parser.tree;

/// A step from a value to a part of it.
public sealed interface Indirection extends Node
    permits AIndices, Indirection.Field, Indirection.Star {
  /// `.name`
  record Field(String name) implements Indirection {}

  /// `.*`
  record Star() implements Indirection {}
}
