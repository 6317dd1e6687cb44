package dev.lifeline.parser.tree;

/// ALTER DATABASE name REFRESH COLLATION VERSION.
public record AlterDatabaseRefreshCollStmt(String dbname) implements Stmt {}
