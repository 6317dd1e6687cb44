package dev.lifeline.parser.tree;

import java.util.List;

/// DROP DATABASE.
public record DropdbStmt(String dbname, boolean missingOk, List<DefElem> options) implements Stmt {}
