package dev.lifeline.parser.tree;

import java.util.List;

/// ALTER OPERATOR ... SET.
public record AlterOperatorStmt(ObjectWithArgs opername, List<DefElem> options) implements Stmt {}
