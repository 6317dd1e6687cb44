package dev.lifeline.parser.tree;

/// What a GRANT names: objects, everything in schemas, or defaults for objects to come.
public enum GrantTargetType {
  OBJECT,
  ALL_IN_SCHEMA,
  DEFAULTS
}
