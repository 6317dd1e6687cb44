package dev.lifeline.parser.tree;

import java.util.List;

/// ALTER EXTENSION ... UPDATE.
public record AlterExtensionStmt(String extname, List<DefElem> options) implements Stmt {}
