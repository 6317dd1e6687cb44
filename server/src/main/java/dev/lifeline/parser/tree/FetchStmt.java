package dev.lifeline.parser.tree;

/// FETCH and MOVE; Long.MAX_VALUE rows are ALL.
public record FetchStmt(Direction direction, long howMany, String portalname, boolean ismove)
    implements Stmt {
  public enum Direction {
    FORWARD,
    BACKWARD,
    ABSOLUTE,
    RELATIVE
  }
}
