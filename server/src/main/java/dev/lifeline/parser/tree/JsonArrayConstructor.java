package dev.lifeline.parser.tree;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// `JSON_ARRAY(values)`.
public record JsonArrayConstructor(
    List<JsonValueExpr> exprs, @Nullable JsonOutput output, boolean absentOnNull, int location)
    implements Expr {}
