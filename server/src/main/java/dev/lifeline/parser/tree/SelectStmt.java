package dev.lifeline.parser.tree;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A query: a plain SELECT, a VALUES list, or a set operation over two others. `DISTINCT` alone has
/// an empty `distinctOn`.
public record SelectStmt(
    boolean distinct,
    List<Expr> distinctOn,
    @Nullable IntoClause intoClause,
    List<ResTarget> targetList,
    List<TableRef> fromClause,
    @Nullable Expr whereClause,
    List<Expr> groupClause,
    boolean groupDistinct,
    @Nullable Expr havingClause,
    List<WindowDef> windowClause,
    List<List<Expr>> valuesLists,
    List<SortBy> sortClause,
    @Nullable Expr limitOffset,
    @Nullable Expr limitCount,
    LimitOption limitOption,
    List<LockingClause> lockingClause,
    @Nullable WithClause withClause,
    SetOperation op,
    boolean all,
    @Nullable SelectStmt larg,
    @Nullable SelectStmt rarg)
    implements PreparableStmt {}
