package dev.lifeline.parser.tree;

import java.util.List;

/// CREATE DATABASE.
public record CreatedbStmt(String dbname, List<DefElem> options) implements Stmt {}
