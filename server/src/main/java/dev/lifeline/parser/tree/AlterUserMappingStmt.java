package dev.lifeline.parser.tree;

import java.util.List;

/// ALTER USER MAPPING.
public record AlterUserMappingStmt(RoleSpec user, String servername, List<DefElem> options)
    implements Stmt {}
