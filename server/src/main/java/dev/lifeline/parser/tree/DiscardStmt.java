package dev.lifeline.parser.tree;

/// DISCARD.
public record DiscardStmt(Target target) implements Stmt {
  public enum Target {
    ALL,
    PLANS,
    SEQUENCES,
    TEMP
  }
}
