package dev.lifeline.parser.tree;

/// DECLARE. `options` are the bits of [DeclareCursorStmt.Option].
public record DeclareCursorStmt(
    String portalname,
    int options,
    PreparableStmt query)
    implements Stmt {
  public enum Option {
    BINARY,
    SCROLL,
    NO_SCROLL,
    INSENSITIVE,
    ASENSITIVE,
    HOLD;

    /// The bit of this one in a set.
    public int bit() {
      return 1 << ordinal();
    }
  }
}
