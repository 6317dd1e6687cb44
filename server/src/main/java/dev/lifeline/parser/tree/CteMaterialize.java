package dev.lifeline.parser.tree;

/// `[NOT] MATERIALIZED` of a common table expression.
public enum CteMaterialize {
  DEFAULT,
  ALWAYS,
  NEVER
}
