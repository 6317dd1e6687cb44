package dev.lifeline.parser.tree;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// `JSON_ARRAYAGG(...)`.
public record JsonArrayAgg(
    JsonValueExpr arg,
    @Nullable JsonOutput output,
    List<SortBy> aggOrder,
    @Nullable Expr aggFilter,
    @Nullable WindowDef over,
    boolean absentOnNull,
    int location)
    implements Expr {}
