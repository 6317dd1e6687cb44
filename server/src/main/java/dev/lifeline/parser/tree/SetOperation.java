package dev.lifeline.parser.tree;

/// The operator between the two arms of a SELECT; NONE for a leaf.
public enum SetOperation {
  NONE,
  UNION,
  INTERSECT,
  EXCEPT
}
