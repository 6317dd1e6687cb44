package dev.lifeline.parser.tree;

import java.util.List;

/// EXPLAIN.
public record ExplainStmt(Stmt query, List<DefElem> options) implements Stmt {}
