package dev.lifeline.parser.tree;

import org.jspecify.annotations.Nullable;

/// A subscript, or a slice with either end left out.
public record AIndices(boolean isSlice, @Nullable Expr lidx, @Nullable Expr uidx)
    implements Indirection {}
