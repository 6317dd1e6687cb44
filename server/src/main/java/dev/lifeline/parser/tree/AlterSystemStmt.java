package dev.lifeline.parser.tree;

/// ALTER SYSTEM.
public record AlterSystemStmt(VariableSetStmt setstmt) implements Stmt {}
