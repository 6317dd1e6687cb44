package dev.lifeline.parser.tree;

import java.util.List;

/// `ROW(...)`, or at least two expressions in parentheses: then implicit.
public record RowExpr(List<Expr> args, boolean implicit, int location) implements Expr {}
