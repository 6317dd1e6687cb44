package dev.lifeline.parser.tree;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A join of two from-items.
public record JoinExpr(
    JoinType jointype,
    boolean isNatural,
    TableRef larg,
    TableRef rarg,
    List<String> usingClause,
    @Nullable Alias joinUsingAlias,
    @Nullable Expr quals,
    @Nullable Alias alias)
    implements TableRef {}
