package dev.lifeline.parser.tree;

import java.util.List;

/// ALTER DATABASE name options.
public record AlterDatabaseStmt(String dbname, List<DefElem> options) implements Stmt {}
