package dev.lifeline.parser.tree;

import java.util.List;

/// EXECUTE.
public record ExecuteStmt(String name, List<Expr> params) implements Stmt {}
