package dev.lifeline.parser.tree;

import java.util.List;

/// DROP OWNED.
public record DropOwnedStmt(List<RoleSpec> roles, DropBehavior behavior) implements Stmt {}
