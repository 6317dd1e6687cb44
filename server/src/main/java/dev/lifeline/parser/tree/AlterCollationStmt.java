package dev.lifeline.parser.tree;

import java.util.List;

/// ALTER COLLATION ... REFRESH VERSION.
public record AlterCollationStmt(List<String> collname) implements Stmt {}
