package dev.lifeline.parser.tree;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// DELETE.
public record DeleteStmt(
    RangeVar relation,
    List<TableRef> usingClause,
    @Nullable Expr whereClause,
    List<ResTarget> returningList,
    @Nullable WithClause withClause)
    implements PreparableStmt {}
