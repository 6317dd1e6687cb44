package dev.lifeline.parser.tree;

import java.util.List;

/// ALTER DEFAULT PRIVILEGES.
public record AlterDefaultPrivilegesStmt(List<DefElem> options, GrantStmt action) implements Stmt {}
