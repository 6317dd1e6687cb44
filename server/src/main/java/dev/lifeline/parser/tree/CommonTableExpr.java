package dev.lifeline.parser.tree;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// One query of a WITH clause.
public record CommonTableExpr(
    String ctename,
    List<String> aliascolnames,
    CteMaterialize materialized,
    PreparableStmt ctequery,
    @Nullable CteSearchClause searchClause,
    @Nullable CteCycleClause cycleClause,
    int location)
    implements Node {}
