package dev.lifeline.parser.tree;

/// Which rows a WHEN clause of MERGE is for.
public enum MergeMatchKind {
  MATCHED,
  NOT_MATCHED_BY_SOURCE,
  NOT_MATCHED_BY_TARGET
}
