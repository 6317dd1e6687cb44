package dev.lifeline.parser.analyze;

import dev.lifeline.parser.tree.CteMaterialize;
import java.util.List;

/// A query of a WITH clause. Known by its identity: several references share one evaluation, unless
/// the planner puts it in their place.
public final class CommonTable {
  private final String name;
  private final List<String> columnNames;
  private final Query query;
  private final CteMaterialize materialize;
  private final boolean workTable;
  private int references;

  CommonTable(String name, List<String> columnNames, Query query, CteMaterialize materialize) {
    this(name, columnNames, query, materialize, false);
  }

  private CommonTable(
      String name,
      List<String> columnNames,
      Query query,
      CteMaterialize materialize,
      boolean workTable) {
    this.workTable = workTable;
    this.name = name;
    this.columnNames = List.copyOf(columnNames);
    this.query = query;
    this.materialize = materialize;
  }

  /// What a recursive query's name is within its recursive term: the rows that the last round has
  /// found.
  ///
  /// @param initial the non-recursive term, whose columns it has
  static CommonTable workTable(String name, List<String> columnNames, Query initial) {
    return new CommonTable(name, columnNames, initial, CteMaterialize.ALWAYS, true);
  }

  /// As this one, as often used, of a query that is computed otherwise.
  CommonTable withQuery(Query other) {
    CommonTable result = new CommonTable(name, columnNames, other, materialize, workTable);
    result.references = references;
    return result;
  }

  public boolean isWorkTable() {
    return workTable;
  }

  public String name() {
    return name;
  }

  /// The names of columns that were given.
  public List<String> columnNames() {
    return columnNames;
  }

  public CteMaterialize materialize() {
    return materialize;
  }

  /// The name of a column: the alias given to it, or the query's own.
  String columnName(int index) {
    return index < columnNames.size() ? columnNames.get(index) : query.outputs().get(index).name();
  }

  public Query query() {
    return query;
  }

  /// Whether it changes a table. Then it is run to its end, once, whoever reads what it returns.
  public boolean modifies() {
    return query instanceof Query.Insert || query instanceof Query.Modify;
  }

  /// Whether it is computed once and kept: as it says, or else if it is used more than once.
  public boolean materialized() {
    return modifies()
        || switch (materialize) {
          case ALWAYS -> true;
          case NEVER -> false;
          case DEFAULT -> references > 1;
        };
  }

  public boolean used() {
    return references > 0 || modifies();
  }

  void reference() {
    references++;
  }
}
