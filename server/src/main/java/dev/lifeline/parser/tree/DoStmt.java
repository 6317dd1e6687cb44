package dev.lifeline.parser.tree;

import java.util.List;

/// DO.
public record DoStmt(List<DefElem> args) implements Stmt {}
