package dev.lifeline.parser.tree;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// CREATE SCHEMA.
public record CreateSchemaStmt(
    @Nullable String schemaname,
    @Nullable RoleSpec authrole,
    List<Stmt> schemaElts,
    boolean ifNotExists)
    implements Stmt {}
