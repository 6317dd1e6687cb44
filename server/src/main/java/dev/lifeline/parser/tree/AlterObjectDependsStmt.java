package dev.lifeline.parser.tree;

import org.jspecify.annotations.Nullable;

/// ALTER ... [NO] DEPENDS ON EXTENSION.
public record AlterObjectDependsStmt(
    ObjectType objectType,
    @Nullable RangeVar relation,
    @Nullable Node object,
    String extname,
    boolean remove)
    implements Stmt {}
