package dev.lifeline.parser.tree;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// INSERT; without a query it is `DEFAULT VALUES`.
public record InsertStmt(
    RangeVar relation,
    List<ResTarget> cols,
    @Nullable SelectStmt selectStmt,
    @Nullable OnConflictClause onConflictClause,
    List<ResTarget> returningList,
    @Nullable WithClause withClause,
    OverridingKind override)
    implements PreparableStmt {}
