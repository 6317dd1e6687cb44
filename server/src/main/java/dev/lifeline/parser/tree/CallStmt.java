package dev.lifeline.parser.tree;

/// CALL.
public record CallStmt(FuncCall funccall) implements Stmt {}
