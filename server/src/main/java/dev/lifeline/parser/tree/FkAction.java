package dev.lifeline.parser.tree;

/// What a foreign key does when the referenced row changes or goes.
public enum FkAction {
  NO_ACTION,
  RESTRICT,
  CASCADE,
  SET_NULL,
  SET_DEFAULT
}
