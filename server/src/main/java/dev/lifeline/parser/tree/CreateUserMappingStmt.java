package dev.lifeline.parser.tree;

import java.util.List;

/// CREATE USER MAPPING.
public record CreateUserMappingStmt(
    RoleSpec user, String servername, boolean ifNotExists, List<DefElem> options) implements Stmt {}
