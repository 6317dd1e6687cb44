package dev.lifeline.parser.tree;

import java.util.List;

/// DROP ROLE.
public record DropRoleStmt(List<RoleSpec> roles, boolean missingOk) implements Stmt {}
