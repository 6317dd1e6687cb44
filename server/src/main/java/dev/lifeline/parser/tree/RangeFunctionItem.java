package dev.lifeline.parser.tree;

import java.util.List;

/// A function of `ROWS FROM (...)` with the column definitions that belong to it.
public record RangeFunctionItem(Expr function, List<ColumnDef> coldeflist) implements Node {}
