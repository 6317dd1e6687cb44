package dev.lifeline.parser.tree;

/// LOAD.
public record LoadStmt(String filename) implements Stmt {}
