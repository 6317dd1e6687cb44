package dev.lifeline.parser.tree;

/// A member of a JSON object.
public record JsonKeyValue(Expr key, JsonValueExpr value) implements Node {}
