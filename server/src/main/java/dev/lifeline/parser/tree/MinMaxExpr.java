package dev.lifeline.parser.tree;

import java.util.List;

/// `GREATEST(...)` and `LEAST(...)`.
public record MinMaxExpr(boolean greatest, List<Expr> args, int location) implements Expr {}
