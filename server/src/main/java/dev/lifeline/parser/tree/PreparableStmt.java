package dev.lifeline.parser.tree;

/// A statement that PREPARE, DECLARE, EXPLAIN, COPY and WITH may contain, and that is planned.
public sealed interface PreparableStmt extends Stmt
    permits DeleteStmt, InsertStmt, MergeStmt, SelectStmt, UpdateStmt {}
