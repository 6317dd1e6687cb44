package dev.lifeline.parser.tree;

import java.util.List;

/// CREATE VIEW.
public record ViewStmt(
    RangeVar view,
    List<String> aliases,
    SelectStmt query,
    boolean replace,
    List<DefElem> options,
    ViewCheckOption withCheckOption)
    implements Stmt {}
