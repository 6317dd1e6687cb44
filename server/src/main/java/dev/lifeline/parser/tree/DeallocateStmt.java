package dev.lifeline.parser.tree;

import org.jspecify.annotations.Nullable;

/// DEALLOCATE; null is all.
public record DeallocateStmt(@Nullable String name, int location) implements Stmt {}
