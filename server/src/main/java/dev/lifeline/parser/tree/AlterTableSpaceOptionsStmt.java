package dev.lifeline.parser.tree;

import java.util.List;

/// ALTER TABLESPACE ... SET and RESET.
public record AlterTableSpaceOptionsStmt(
    String tablespacename, List<DefElem> options, boolean isReset) implements Stmt {}
