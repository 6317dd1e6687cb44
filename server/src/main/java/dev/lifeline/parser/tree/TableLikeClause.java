package dev.lifeline.parser.tree;

/// `LIKE relation { INCLUDING | EXCLUDING } ...`; `options` has a bit for each
/// [TableLikeClause.Option].
public record TableLikeClause(
    RangeVar relation,
    int options)
    implements TableElement {
  public enum Option {
    COMMENTS,
    COMPRESSION,
    CONSTRAINTS,
    DEFAULTS,
    GENERATED,
    IDENTITY,
    INDEXES,
    STATISTICS,
    STORAGE;

    /// The bit of this one in a set.
    public int bit() {
      return 1 << ordinal();
    }
  }
}
