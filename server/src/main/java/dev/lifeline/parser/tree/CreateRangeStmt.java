package dev.lifeline.parser.tree;

import java.util.List;

/// CREATE TYPE name AS RANGE.
public record CreateRangeStmt(List<String> typeName, List<DefElem> params) implements Stmt {}
