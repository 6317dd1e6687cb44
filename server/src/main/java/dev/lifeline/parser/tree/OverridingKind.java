package dev.lifeline.parser.tree;

/// `OVERRIDING { USER | SYSTEM } VALUE` of an INSERT.
public enum OverridingKind {
  NOT_SET,
  USER_VALUE,
  SYSTEM_VALUE
}
