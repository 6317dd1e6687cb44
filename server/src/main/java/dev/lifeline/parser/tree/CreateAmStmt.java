package dev.lifeline.parser.tree;

import java.util.List;

/// CREATE ACCESS METHOD; `amtype` as in pg_am.
public record CreateAmStmt(String amname, List<String> handlerName, char amtype) implements Stmt {}
