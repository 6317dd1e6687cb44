package dev.lifeline.parser.tree;

import java.util.List;

/// ALTER FOREIGN DATA WRAPPER.
public record AlterFdwStmt(String fdwname, List<DefElem> funcOptions, List<DefElem> options)
    implements Stmt {}
