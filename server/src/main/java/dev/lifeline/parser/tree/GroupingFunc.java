package dev.lifeline.parser.tree;

import java.util.List;

/// `GROUPING(...)`.
public record GroupingFunc(List<Expr> args, int location) implements Expr {}
