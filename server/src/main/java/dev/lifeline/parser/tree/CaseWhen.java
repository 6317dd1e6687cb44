package dev.lifeline.parser.tree;

/// `WHEN expr THEN result`.
public record CaseWhen(Expr expr, Expr result, int location) implements Node {}
