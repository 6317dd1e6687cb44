package dev.lifeline.parser.tree;

import org.jspecify.annotations.Nullable;

/// UNLISTEN; null is all.
public record UnlistenStmt(@Nullable String conditionname) implements Stmt {}
