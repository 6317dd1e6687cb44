package dev.lifeline.parser.tree;

/// Whether a relation outlives a crash, and a session.
public enum Persistence {
  PERMANENT,
  UNLOGGED,
  TEMP
}
