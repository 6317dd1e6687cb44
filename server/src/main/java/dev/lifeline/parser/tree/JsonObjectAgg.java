package dev.lifeline.parser.tree;

import org.jspecify.annotations.Nullable;

/// `JSON_OBJECTAGG(...)`.
public record JsonObjectAgg(
    JsonKeyValue arg,
    @Nullable JsonOutput output,
    @Nullable Expr aggFilter,
    @Nullable WindowDef over,
    boolean absentOnNull,
    boolean unique,
    int location)
    implements Expr {}
