package dev.lifeline.parser.tree;

/// CHECKPOINT.
public record CheckPointStmt() implements Stmt {}
