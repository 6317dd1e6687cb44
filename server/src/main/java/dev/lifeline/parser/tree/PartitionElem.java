package dev.lifeline.parser.tree;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A column or an expression of a partition key.
public record PartitionElem(
    @Nullable String name,
    @Nullable Expr expr,
    List<String> collation,
    List<String> opclass,
    int location)
    implements Node {}
