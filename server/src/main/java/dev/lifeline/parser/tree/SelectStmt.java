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
    implements PreparableStmt {
  /// The same query with another condition.
  public SelectStmt withWhereClause(@Nullable Expr where) {
    return copy(intoClause, where, valuesLists, larg);
  }

  /// The same VALUES with other rows.
  public SelectStmt withValuesLists(List<List<Expr>> values) {
    return copy(intoClause, whereClause, values, larg);
  }

  /// The same query without INTO, which of several stands in the first.
  public SelectStmt withoutInto() {
    return copy(null, whereClause, valuesLists, larg == null ? null : larg.withoutInto());
  }

  private SelectStmt copy(
      @Nullable IntoClause into,
      @Nullable Expr where,
      List<List<Expr>> values,
      @Nullable SelectStmt left) {
    return new SelectStmt(
        distinct,
        distinctOn,
        into,
        targetList,
        fromClause,
        where,
        groupClause,
        groupDistinct,
        havingClause,
        windowClause,
        values,
        sortClause,
        limitOffset,
        limitCount,
        limitOption,
        lockingClause,
        withClause,
        op,
        all,
        left,
        rarg);
  }
}
