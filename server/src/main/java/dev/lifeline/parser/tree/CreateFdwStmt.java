package dev.lifeline.parser.tree;

import java.util.List;

/// CREATE FOREIGN DATA WRAPPER.
public record CreateFdwStmt(String fdwname, List<DefElem> funcOptions, List<DefElem> options)
    implements Stmt {}
