package dev.lifeline.parser.analyze;

import dev.lifeline.executor.expr.Expression;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/// The names that can be used at one level of a query: the items of its FROM clause, and, through
/// [#outer], those of the queries around it.
final class Scope {
  /// A column name and what it stands for: a column of an entry or, where JOIN USING merged two,
  /// the expression that merges them.
  ///
  /// @param system whether it is one that `*` does not show (`ctid`, ...)
  record ScopeColumn(String name, Expression expr, boolean system) {}

  /// Something that has columns under a name: a table, a subquery, a join.
  static final class Item {
    final @Nullable String schema;
    final String name;
    final List<ScopeColumn> columns;
    final @Nullable RangeEntry range;

    /// Whether `name.column` finds it.
    boolean nameVisible = true;

    /// Whether `column` alone finds it: not for what is under a join, whose columns are the join's.
    boolean columnsVisible = true;

    /// Within the FROM clause: only LATERAL items may refer to it.
    boolean lateralOnly;

    /// Whether a LATERAL item may: not from the wrong side of an outer join.
    boolean lateralAllowed = true;

    Item(
        @Nullable String schema,
        String name,
        List<ScopeColumn> columns,
        @Nullable RangeEntry range) {
      this.schema = schema;
      this.name = name;
      this.columns = columns;
      this.range = range;
    }
  }

  private final @Nullable Scope outer;
  private final List<Item> items = new ArrayList<>();
  private final List<CommonTable> commonTables = new ArrayList<>();
  private final Map<String, IntFunction<PgException>> forbiddenTables = new HashMap<>();
  private Set<String> futureTables = Set.of();
  private Function<String, @Nullable CommonTable> missingTable = name -> null;

  /// Whether what is being analyzed now is a LATERAL item of this level's FROM clause.
  boolean lateralActive;

  Scope(@Nullable Scope outer) {
    this.outer = outer;
  }

  /// The same level with its WITH queries and what is around it, but no items.
  Scope withoutItems() {
    Scope scope = new Scope(outer);
    scope.commonTables.addAll(commonTables);
    scope.forbiddenTables.putAll(forbiddenTables);
    scope.missingTable = missingTable;
    scope.futureTables = futureTables;
    return scope;
  }

  @Nullable Scope outer() {
    return outer;
  }

  /// Whether a column of that range entry is one of this level's.
  boolean owns(int rangeId) {
    return items.stream().anyMatch(item -> item.range != null && item.range.id() == rangeId);
  }

  List<Item> items() {
    return items;
  }

  /// Adds an item; its name must be its own among those that are visible.
  void add(Item item, int location) {
    if (item.nameVisible) {
      for (Item other : items) {
        if (other.nameVisible
            && other.name.equals(item.name)
            && (item.schema == null || other.schema == null || other.schema.equals(item.schema))) {
          throw PgException.error(
                  SqlState.DUPLICATE_ALIAS, "table name \"%s\" specified more than once", item.name)
              .at(location);
        }
      }
    }
    items.add(item);
  }

  void addCommonTable(CommonTable table) {
    commonTables.add(table);
  }

  /// Makes it an error to use a name as that of a WITH query.
  ///
  /// @param error by the place of the use
  void forbidTable(String name, IntFunction<PgException> error) {
    forbiddenTables.put(name, error);
  }

  /// Sets what finds a WITH query that is not there yet, by its name.
  void onMissingTable(Function<String, @Nullable CommonTable> finder) {
    missingTable = finder;
  }

  /// Says which names WITH queries behind the one that is analyzed now have.
  void futureTables(Set<String> names) {
    futureTables = names;
  }

  boolean isFutureTable(String name) {
    return futureTables.contains(name) || (outer != null && outer.isFutureTable(name));
  }

  @Nullable CommonTable commonTable(String name, int location) {
    for (Scope scope = this; scope != null; scope = scope.outer) {
      IntFunction<PgException> forbidden = scope.forbiddenTables.get(name);
      if (forbidden != null) {
        throw forbidden.apply(location);
      }
      for (CommonTable table : scope.commonTables) {
        if (table.name().equals(name)) {
          return table;
        }
      }
      CommonTable found = scope.missingTable.apply(name);
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  /// What a bare column name stands for, or null where no level has it.
  @Nullable Expression column(String name, int location) {
    for (Scope scope = this; scope != null; scope = scope.outer) {
      Expression found = null;
      for (Item item : scope.items) {
        if (!item.columnsVisible || (item.lateralOnly && !scope.lateralActive)) {
          continue;
        }
        Expression inItem = columnOf(item, name, location);
        if (inItem == null) {
          continue;
        }
        if (found != null) {
          throw PgException.error(
                  SqlState.AMBIGUOUS_COLUMN, "column reference \"%s\" is ambiguous", name)
              .at(location);
        }
        checkLateral(item, location);
        found = inItem;
      }
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  /// The item of that name on the nearest level that has one, or null.
  @Nullable Item item(@Nullable String schema, String name, int location) {
    for (Scope scope = this; scope != null; scope = scope.outer) {
      Item found = null;
      for (Item item : scope.items) {
        if (!item.nameVisible
            || (item.lateralOnly && !scope.lateralActive)
            || !item.name.equals(name)
            || (schema != null && !schema.equals(item.schema))) {
          continue;
        }
        if (found != null) {
          throw PgException.error(
                  SqlState.AMBIGUOUS_ALIAS, "table reference \"%s\" is ambiguous", name)
              .at(location);
        }
        checkLateral(item, location);
        found = item;
      }
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  private static void checkLateral(Item item, int location) {
    if (item.lateralOnly && !item.lateralAllowed) {
      throw PgException.error(
              SqlState.INVALID_COLUMN_REFERENCE,
              "invalid reference to FROM-clause entry for table \"%s\"",
              item.name)
          .detail("The combining JOIN type must be INNER or LEFT for a LATERAL reference.")
          .at(location);
    }
  }

  /// The column of an item, or null; system columns have no bare name where the item shows none.
  static @Nullable Expression columnOf(Item item, String name, int location) {
    Expression found = null;
    for (ScopeColumn column : item.columns) {
      if (column.name().equals(name)) {
        if (found != null) {
          throw PgException.error(
                  SqlState.AMBIGUOUS_COLUMN, "column reference \"%s\" is ambiguous", name)
              .at(location);
        }
        found = column.expr();
      }
    }
    return found;
  }

  /// 42P01 for a qualifier that nothing visible has, with PostgreSQL's hints about why.
  PgException missingItem(@Nullable String schema, String name, int location) {
    Item invisible = null;
    for (Scope scope = this; scope != null && invisible == null; scope = scope.outer) {
      for (Item item : scope.items) {
        boolean sameTable =
            item.range instanceof RangeEntry.Table table && table.relation().name().equals(name);
        if (item.name.equals(name) || sameTable) {
          invisible = item;
          break;
        }
      }
    }
    if (invisible == null) {
      return PgException.error(
              SqlState.UNDEFINED_TABLE, "missing FROM-clause entry for table \"%s\"", name)
          .at(location);
    }
    PgException error =
        PgException.error(
                SqlState.UNDEFINED_TABLE,
                "invalid reference to FROM-clause entry for table \"%s\"",
                name)
            .at(location);
    if (!invisible.name.equals(name)) {
      return error.hint("Perhaps you meant to reference the table alias \"%s\".", invisible.name);
    }
    return error.hint(
        "There is an entry for table \"%s\", but it cannot be referenced from this part of the"
            + " query.",
        name);
  }

  /// 42703, with the name that was perhaps meant.
  PgException missingColumn(@Nullable String qualifier, String name, int location) {
    PgException error =
        PgException.error(
                SqlState.UNDEFINED_COLUMN,
                qualifier == null
                    ? "column \"%s\" does not exist"
                    : "column %2$s.%1$s does not exist",
                name,
                qualifier)
            .at(location);
    String hint = ColumnHint.find(this, qualifier, name);
    return hint == null ? error : error.hint(hint.replace("%", "%%"));
  }
}
