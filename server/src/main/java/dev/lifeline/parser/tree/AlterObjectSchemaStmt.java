package dev.lifeline.parser.tree;

import org.jspecify.annotations.Nullable;

/// ALTER ... SET SCHEMA.
public record AlterObjectSchemaStmt(
    ObjectType objectType,
    @Nullable RangeVar relation,
    @Nullable Node object,
    String newschema,
    boolean missingOk)
    implements Stmt {}
