package dev.lifeline.parser.tree;

import java.util.List;

/// CREATE STATISTICS.
public record CreateStatsStmt(
    List<String> defnames,
    List<String> statTypes,
    List<StatsElem> exprs,
    List<TableRef> relations,
    boolean ifNotExists)
    implements Stmt {}
