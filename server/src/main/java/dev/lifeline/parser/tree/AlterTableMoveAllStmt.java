package dev.lifeline.parser.tree;

import java.util.List;

/// ALTER TABLE ALL IN TABLESPACE.
public record AlterTableMoveAllStmt(
    String origTablespacename,
    ObjectType objtype,
    List<RoleSpec> roles,
    String newTablespacename,
    boolean nowait)
    implements Stmt {}
