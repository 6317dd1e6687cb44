package dev.lifeline.parser.tree;

import java.util.List;

/// `COALESCE(...)`.
public record CoalesceExpr(List<Expr> args, int location) implements Expr {}
