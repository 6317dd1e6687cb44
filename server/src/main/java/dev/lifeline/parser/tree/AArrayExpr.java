package dev.lifeline.parser.tree;

import java.util.List;

/// `ARRAY[...]`.
public record AArrayExpr(List<Expr> elements, int location) implements Expr {}
