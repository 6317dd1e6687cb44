package dev.lifeline.parser.tree;

import java.util.Set;

/// DECLARE.
public record DeclareCursorStmt(String portalname, Set<Option> options, PreparableStmt query)
    implements Stmt {
  public enum Option {
    BINARY,
    SCROLL,
    NO_SCROLL,
    INSENSITIVE,
    ASENSITIVE,
    HOLD
  }
}
