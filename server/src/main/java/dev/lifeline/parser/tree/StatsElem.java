package dev.lifeline.parser.tree;

import org.jspecify.annotations.Nullable;

/// A column or an expression of extended statistics.
public record StatsElem(@Nullable String name, @Nullable Expr expr) implements Node {}
