package dev.lifeline.parser.tree;

/// DROP USER MAPPING.
public record DropUserMappingStmt(RoleSpec user, String servername, boolean missingOk)
    implements Stmt {}
