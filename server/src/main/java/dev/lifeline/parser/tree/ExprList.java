package dev.lifeline.parser.tree;

import java.util.List;

/// A parenthesised list where an expression may stand: the right side of IN and BETWEEN.
public record ExprList(List<Expr> items, int location) implements Expr {}
