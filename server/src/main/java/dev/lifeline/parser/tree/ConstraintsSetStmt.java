package dev.lifeline.parser.tree;

import java.util.List;

/// SET CONSTRAINTS; no names is ALL.
public record ConstraintsSetStmt(List<RangeVar> constraints, boolean deferred) implements Stmt {}
