package dev.lifeline.parser.tree;

/// A literal.
public record AConst(Value value, int location) implements Expr {}
