package dev.lifeline.parser.tree;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// An output column (name, expression), a target column of INSERT (name, subscripts), or an
/// assignment of UPDATE (all three).
public record ResTarget(
    @Nullable String name, List<Indirection> indirection, @Nullable Expr val, int location)
    implements Node {}
