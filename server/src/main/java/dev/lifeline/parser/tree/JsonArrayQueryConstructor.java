package dev.lifeline.parser.tree;

import org.jspecify.annotations.Nullable;

/// `JSON_ARRAY(query)`.
public record JsonArrayQueryConstructor(
    SelectStmt query,
    @Nullable JsonFormat format,
    @Nullable JsonOutput output,
    boolean absentOnNull,
    int location)
    implements Expr {}
