package dev.lifeline.parser.tree;

/// `WHERE CURRENT OF cursor`.
public record CurrentOfExpr(String cursorName, int location) implements Expr {}
