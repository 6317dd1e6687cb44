package dev.lifeline.parser.tree;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// `arg COLLATE name`; without an argument in a column's definition.
public record CollateClause(@Nullable Expr arg, List<String> collname, int location)
    implements Expr {}
