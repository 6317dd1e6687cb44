package dev.lifeline.parser.tree;

import java.util.List;

/// CREATE FOREIGN TABLE.
public record CreateForeignTableStmt(CreateStmt base, String servername, List<DefElem> options)
    implements Stmt {}
