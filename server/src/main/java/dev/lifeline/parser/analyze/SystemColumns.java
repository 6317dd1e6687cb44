package dev.lifeline.parser.analyze;

import dev.lifeline.executor.expr.ParseLoc;
import dev.lifeline.executor.expr.Var;
import dev.lifeline.utils.adt.Types;
import java.util.List;

/// The columns that every stored table has beside its own: numbers below zero, as in PostgreSQL.
public final class SystemColumns {
  public static final int CTID = -1;
  public static final int TABLEOID = -6;

  private SystemColumns() {}

  static void addTo(List<Scope.ScopeColumn> columns, RangeEntry range) {
    add(columns, range, "ctid", CTID, Types.TID);
    addTableOid(columns, range);
  }

  /// A catalog whose rows are not stored has only this one.
  static void addTableOid(List<Scope.ScopeColumn> columns, RangeEntry range) {
    add(columns, range, "tableoid", TABLEOID, Types.OID);
  }

  private static void add(
      List<Scope.ScopeColumn> columns, RangeEntry range, String name, int attnum, int type) {
    if (columns.stream().noneMatch(column -> column.name().equals(name))) {
      columns.add(
          new Scope.ScopeColumn(
              name, new Var(range.id(), attnum, 0, type, -1, ParseLoc.NONE), true));
    }
  }
}
