package dev.lifeline.parser.analyze;

import dev.lifeline.catalog.Relation;
import dev.lifeline.executor.expr.Expression;
import java.util.List;

/// Something that a query reads rows from, or writes them to: PostgreSQL's range table entry. It is
/// known by its number, which is its own within the whole statement, so that a
/// [dev.lifeline.executor.expr.Var] says without more which one it means, in whatever subquery.
public sealed interface RangeEntry {
  int id();

  /// The name that the query knows it by.
  String alias();

  List<RangeColumn> columns();

  /// One of its columns.
  ///
  /// @param attnum the number that a [dev.lifeline.executor.expr.Var] names it by
  /// @param tableOid the table that it comes from, directly or through subqueries, or 0
  /// @param tableAttnum its number there, or 0
  record RangeColumn(
      String name, int attnum, int typeOid, int typmod, int tableOid, int tableAttnum) {}

  /// A table, or a virtual one.
  record Table(int id, String alias, Relation relation, List<RangeColumn> columns)
      implements RangeEntry {}

  /// A subquery in FROM, or a view.
  ///
  /// @param lateral whether it refers to entries beside it
  record Subquery(int id, String alias, Query query, boolean lateral, List<RangeColumn> columns)
      implements RangeEntry {}

  /// One or more functions in FROM, side by side.
  ///
  /// @param ordinality whether the last column counts the rows
  record Function(
      int id, String alias, List<Expression> calls, boolean ordinality, List<RangeColumn> columns)
      implements RangeEntry {
    public Function {
      calls = List.copyOf(calls);
    }
  }

  /// Rows of expressions.
  record Values(int id, String alias, List<List<Expression>> rows, List<RangeColumn> columns)
      implements RangeEntry {}

  /// A reference to a query of a WITH clause.
  record Cte(int id, String alias, CommonTable table, List<RangeColumn> columns)
      implements RangeEntry {}
}
