package dev.lifeline.parser.tree;

import org.jspecify.annotations.Nullable;

/// NOTIFY.
public record NotifyStmt(String conditionname, @Nullable String payload) implements Stmt {}
