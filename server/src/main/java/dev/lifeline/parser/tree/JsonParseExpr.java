package dev.lifeline.parser.tree;

/// `JSON(...)`.
public record JsonParseExpr(JsonValueExpr expr, boolean uniqueKeys, int location) implements Expr {}
