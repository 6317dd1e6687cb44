package dev.lifeline.parser.tree;

/// SHOW; the name may be `all`.
public record VariableShowStmt(String name) implements Stmt {}
