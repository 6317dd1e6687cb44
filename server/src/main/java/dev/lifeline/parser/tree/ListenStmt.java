package dev.lifeline.parser.tree;

/// LISTEN.
public record ListenStmt(String conditionname) implements Stmt {}
