package dev.lifeline.parser.tree;

import java.util.List;

/// CREATE EXTENSION.
public record CreateExtensionStmt(String extname, boolean ifNotExists, List<DefElem> options)
    implements Stmt {}
