package dev.lifeline.parser.tree;

import java.util.List;

/// CREATE TYPE name AS ENUM.
public record CreateEnumStmt(List<String> typeName, List<String> vals) implements Stmt {}
