package dev.lifeline.parser.tree;

import org.jspecify.annotations.Nullable;

/// A column of XMLTABLE.
public record RangeTableFuncCol(
    String colname,
    @Nullable TypeName typeName,
    boolean forOrdinality,
    boolean isNotNull,
    @Nullable Expr colexpr,
    @Nullable Expr coldefexpr,
    int location)
    implements Node {}
