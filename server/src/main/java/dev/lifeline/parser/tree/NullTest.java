package dev.lifeline.parser.tree;

/// `IS [NOT] NULL`.
public record NullTest(Expr arg, boolean not, int location) implements Expr {}
