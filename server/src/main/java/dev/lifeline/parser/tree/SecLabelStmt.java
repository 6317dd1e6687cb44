package dev.lifeline.parser.tree;

import org.jspecify.annotations.Nullable;

/// SECURITY LABEL.
public record SecLabelStmt(
    ObjectType objtype, Node object, @Nullable String provider, @Nullable String label)
    implements Stmt {}
