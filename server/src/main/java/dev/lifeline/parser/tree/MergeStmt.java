package dev.lifeline.parser.tree;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// MERGE.
public record MergeStmt(
    RangeVar relation,
    TableRef sourceRelation,
    Expr joinCondition,
    List<MergeWhenClause> mergeWhenClauses,
    List<ResTarget> returningList,
    @Nullable WithClause withClause)
    implements PreparableStmt {}
