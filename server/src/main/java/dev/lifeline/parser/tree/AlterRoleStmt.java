package dev.lifeline.parser.tree;

import java.util.List;

/// ALTER ROLE; `action` is -1 for ALTER GROUP ... DROP USER, else 1.
public record AlterRoleStmt(RoleSpec role, List<DefElem> options, int action) implements Stmt {}
