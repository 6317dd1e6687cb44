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
  private int references;

  CommonTable(String name, List<String> columnNames, Query query, CteMaterialize materialize) {
    this.name = name;
    this.columnNames = List.copyOf(columnNames);
    this.query = query;
    this.materialize = materialize;
  }

  public String name() {
    return name;
  }

  /// The name of a column: the alias given to it, or the query's own.
  String columnName(int index) {
    return index < columnNames.size() ? columnNames.get(index) : query.outputs().get(index).name();
  }

  public Query query() {
    return query;
  }

  /// Whether it is computed once and kept: as it says, or else if it is used more than once.
  public boolean materialized() {
    return switch (materialize) {
      case ALWAYS -> true;
      case NEVER -> false;
      case DEFAULT -> references > 1;
    };
  }

  public boolean used() {
    return references > 0;
  }

  void reference() {
    references++;
  }
}
