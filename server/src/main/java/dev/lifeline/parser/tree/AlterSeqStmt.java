package dev.lifeline.parser.tree;

import java.util.List;

/// ALTER SEQUENCE.
public record AlterSeqStmt(RangeVar sequence, List<DefElem> options, boolean missingOk)
    implements Stmt {}
