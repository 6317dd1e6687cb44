package dev.lifeline.parser.tree;

import org.jspecify.annotations.Nullable;

/// An expression with its JSON format.
public record JsonValueExpr(Expr expr, @Nullable JsonFormat format) implements Node {}
