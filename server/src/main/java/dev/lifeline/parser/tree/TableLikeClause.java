package dev.lifeline.parser.tree;

import java.util.Set;

/// `LIKE relation { INCLUDING | EXCLUDING } ...`; `options` is what is left of all the INCLUDING
/// and EXCLUDING.
public record TableLikeClause(RangeVar relation, Set<Option> options) implements TableElement {
  public enum Option {
    COMMENTS,
    COMPRESSION,
    CONSTRAINTS,
    DEFAULTS,
    GENERATED,
    IDENTITY,
    INDEXES,
    STATISTICS,
    STORAGE
  }
}
