package dev.lifeline.parser.tree;

import org.jspecify.annotations.Nullable;

/// A JSON path, perhaps with a name.
public record JsonTablePathSpec(Expr string, @Nullable String name, int location) implements Node {}
