package dev.lifeline.parser.tree;

import java.util.List;

/// ALTER TABLE, and ALTER of what is built like one.
public record AlterTableStmt(
    RangeVar relation, List<AlterTableCmd> cmds, ObjectType objtype, boolean missingOk)
    implements Stmt {}
