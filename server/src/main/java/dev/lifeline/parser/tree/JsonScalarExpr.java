package dev.lifeline.parser.tree;

/// `JSON_SCALAR(...)`.
public record JsonScalarExpr(Expr expr, int location) implements Expr {}
