package dev.lifeline.parser.tree;

import java.util.List;

/// LOCK TABLE. The mode is PostgreSQL's number, 1 (ACCESS SHARE) to 8 (ACCESS EXCLUSIVE).
public record LockStmt(List<RangeVar> relations, int mode, boolean nowait) implements Stmt {}
