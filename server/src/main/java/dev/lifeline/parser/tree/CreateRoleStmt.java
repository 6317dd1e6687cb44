package dev.lifeline.parser.tree;

import java.util.List;

/// CREATE ROLE, USER and GROUP.
public record CreateRoleStmt(RoleStmtType stmtType, String role, List<DefElem> options)
    implements Stmt {}
