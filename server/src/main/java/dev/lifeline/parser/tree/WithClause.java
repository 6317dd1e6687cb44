package dev.lifeline.parser.tree;

import java.util.List;

/// `WITH [RECURSIVE] ...`.
public record WithClause(List<CommonTableExpr> ctes, boolean recursive, int location)
    implements Node {}
