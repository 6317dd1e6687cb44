package dev.lifeline.parser.tree;

/// `PASSING value AS name`.
public record JsonArgument(JsonValueExpr value, String name) implements Node {}
