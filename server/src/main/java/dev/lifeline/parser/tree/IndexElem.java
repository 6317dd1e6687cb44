package dev.lifeline.parser.tree;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A column or an expression of an index.
public record IndexElem(
    @Nullable String name,
    @Nullable Expr expr,
    List<String> collation,
    List<String> opclass,
    List<DefElem> opclassopts,
    SortByDir ordering,
    SortByNulls nullsOrdering)
    implements Node {}
