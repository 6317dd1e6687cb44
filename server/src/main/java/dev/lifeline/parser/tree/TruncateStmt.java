package dev.lifeline.parser.tree;

import java.util.List;

/// TRUNCATE.
public record TruncateStmt(List<RangeVar> relations, boolean restartSeqs, DropBehavior behavior)
    implements Stmt {}
