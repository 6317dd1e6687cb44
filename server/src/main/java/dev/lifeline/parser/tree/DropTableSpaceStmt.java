package dev.lifeline.parser.tree;

/// DROP TABLESPACE.
public record DropTableSpaceStmt(String tablespacename, boolean missingOk) implements Stmt {}
