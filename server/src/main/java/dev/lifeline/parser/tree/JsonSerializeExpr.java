package dev.lifeline.parser.tree;

import org.jspecify.annotations.Nullable;

/// `JSON_SERIALIZE(...)`.
public record JsonSerializeExpr(JsonValueExpr expr, @Nullable JsonOutput output, int location)
    implements Expr {}
