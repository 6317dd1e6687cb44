package dev.lifeline.parser.tree;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// CREATE TABLESPACE.
public record CreateTableSpaceStmt(
    String tablespacename, @Nullable RoleSpec owner, String location, List<DefElem> options)
    implements Stmt {}
