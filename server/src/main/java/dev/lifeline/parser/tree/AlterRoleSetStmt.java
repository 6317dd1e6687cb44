package dev.lifeline.parser.tree;

import org.jspecify.annotations.Nullable;

/// ALTER ROLE ... SET; no role is ALL.
public record AlterRoleSetStmt(
    @Nullable RoleSpec role, @Nullable String database, VariableSetStmt setstmt) implements Stmt {}
