package dev.lifeline.parser.tree;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// UPDATE.
public record UpdateStmt(
    RangeVar relation,
    List<ResTarget> targetList,
    List<TableRef> fromClause,
    @Nullable Expr whereClause,
    List<ResTarget> returningList,
    @Nullable WithClause withClause)
    implements PreparableStmt {}
