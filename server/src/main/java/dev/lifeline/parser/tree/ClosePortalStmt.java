package dev.lifeline.parser.tree;

import org.jspecify.annotations.Nullable;

/// CLOSE; null is all.
public record ClosePortalStmt(@Nullable String portalname) implements Stmt {}
