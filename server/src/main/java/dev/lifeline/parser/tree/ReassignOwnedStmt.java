package dev.lifeline.parser.tree;

import java.util.List;

/// REASSIGN OWNED.
public record ReassignOwnedStmt(List<RoleSpec> roles, RoleSpec newrole) implements Stmt {}
