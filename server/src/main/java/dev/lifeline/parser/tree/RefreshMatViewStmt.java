package dev.lifeline.parser.tree;

/// REFRESH MATERIALIZED VIEW.
public record RefreshMatViewStmt(boolean concurrent, boolean skipData, RangeVar relation)
    implements Stmt {}
