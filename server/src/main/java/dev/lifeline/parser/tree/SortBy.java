package dev.lifeline.parser.tree;

import java.util.List;

/// An item of ORDER BY.
public record SortBy(Expr node, SortByDir dir, SortByNulls nulls, List<String> useOp, int location)
    implements Node {}
