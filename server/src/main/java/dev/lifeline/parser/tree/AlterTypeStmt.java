package dev.lifeline.parser.tree;

import java.util.List;

/// ALTER TYPE ... SET (...).
public record AlterTypeStmt(List<String> typeName, List<DefElem> options) implements Stmt {}
