package dev.lifeline.parser.tree;

import org.jspecify.annotations.Nullable;

/// COMMENT ON; null removes it.
public record CommentStmt(ObjectType objtype, Node object, @Nullable String comment)
    implements Stmt {}
