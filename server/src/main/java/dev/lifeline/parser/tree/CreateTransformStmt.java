package dev.lifeline.parser.tree;

import org.jspecify.annotations.Nullable;

/// CREATE TRANSFORM.
public record CreateTransformStmt(
    boolean replace,
    TypeName typeName,
    String lang,
    @Nullable ObjectWithArgs fromsql,
    @Nullable ObjectWithArgs tosql)
    implements Stmt {}
