package dev.lifeline.parser.tree;

/// ALTER DATABASE name SET and RESET.
public record AlterDatabaseSetStmt(String dbname, VariableSetStmt setstmt) implements Stmt {}
