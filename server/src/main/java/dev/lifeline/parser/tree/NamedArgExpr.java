package dev.lifeline.parser.tree;

/// `name => value` (or `:=`) in a call.
public record NamedArgExpr(String name, Expr arg, int location) implements Expr {}
