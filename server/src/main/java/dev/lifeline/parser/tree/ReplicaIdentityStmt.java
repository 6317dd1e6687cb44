package dev.lifeline.parser.tree;

import org.jspecify.annotations.Nullable;

/// `REPLICA IDENTITY ...`.
public record ReplicaIdentityStmt(Type identityType, @Nullable String name) implements Node {
  public enum Type {
    DEFAULT,
    FULL,
    NOTHING,
    INDEX
  }
}
