package dev.lifeline.parser.tree;

import java.util.List;

/// CREATE SEQUENCE.
public record CreateSeqStmt(RangeVar sequence, List<DefElem> options, boolean ifNotExists)
    implements Stmt {}
