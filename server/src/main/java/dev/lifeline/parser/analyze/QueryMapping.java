package dev.lifeline.parser.analyze;

import dev.lifeline.executor.expr.Expression;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// One replacement of the expressions of a query. A query of a WITH clause that it changes becomes
/// another one, and the references to it are references to that.
final class QueryMapping {
  private final UnaryOperator<Expression> mapper;
  private final boolean deep;
  private final IdentityHashMap<CommonTable, CommonTable> tables = new IdentityHashMap<>();
  private boolean changed;

  /// @param deep whether subqueries in FROM and in WITH are changed as well
  QueryMapping(UnaryOperator<Expression> mapper, boolean deep) {
    this.mapper = mapper;
    this.deep = deep;
  }

  Query map(Query query) {
    return switch (query) {
      case Query.Select select -> mapSelect(select);
      case Query.SetOperationQuery set -> {
        List<CommonTable> with = mapWith(set.with());
        yield new Query.SetOperationQuery(
            set.operation(),
            set.all(),
            map(set.left()),
            map(set.right()),
            set.range(),
            set.outputs(),
            set.orderBy(),
            mapLimits(set.limits()),
            with);
      }
      case Query.RecursiveUnion union -> {
        List<CommonTable> with = mapWith(union.with());
        yield new Query.RecursiveUnion(
            union.workTable(),
            map(union.initial()),
            map(union.recursive()),
            union.all(),
            union.range(),
            union.outputs(),
            with);
      }
      case Query.Insert insert -> {
        List<CommonTable> with = mapWith(insert.with());
        yield new Query.Insert(
            insert.target(),
            map(insert.source()),
            mapConflict(insert.onConflict()),
            insert.outputs().stream().map(this::mapOutput).toList(),
            with);
      }
      case Query.Modify modify -> {
        List<CommonTable> with = mapWith(modify.with());
        yield new Query.Modify(
            modify.target(),
            modify.delete(),
            mapAssignments(modify.assignments()),
            modify.from().stream().map(this::mapFrom).toList(),
            mapNullable(modify.where()),
            modify.outputs().stream().map(this::mapOutput).toList(),
            with);
      }
    };
  }

  private Query.@Nullable OnConflict mapConflict(Query.@Nullable OnConflict conflict) {
    if (conflict == null) {
      return null;
    }
    List<Query.Assignment> assignments = conflict.assignments();
    return conflict.with(
        assignments == null ? null : mapAssignments(assignments), mapNullable(conflict.where()));
  }

  private List<Query.Assignment> mapAssignments(List<Query.Assignment> assignments) {
    return assignments.stream()
        .map(a -> new Query.Assignment(a.attnum(), apply(a.value())))
        .toList();
  }

  Query.Select mapSelect(Query.Select select) {
    List<CommonTable> with = mapWith(select.with());
    return new Query.Select(
        select.from().stream().map(this::mapFrom).toList(),
        mapNullable(select.where()),
        select.targets().stream().map(this::mapOutput).toList(),
        select.groupBy(),
        select.groupingSets(),
        select.grouped(),
        mapNullable(select.having()),
        select.windows().stream().map(window -> window.map(this::apply)).toList(),
        select.distinct(),
        select.distinctOn(),
        select.orderBy(),
        mapLimits(select.limits()),
        select.rowMarks(),
        with);
  }

  private List<CommonTable> mapWith(List<CommonTable> with) {
    if (!deep || with.isEmpty()) {
      return with;
    }
    boolean before = changed;
    List<CommonTable> result = new ArrayList<>();
    for (CommonTable table : with) {
      changed = false;
      Query query = map(table.query());
      CommonTable mapped = changed ? table.withQuery(query) : table;
      if (changed) {
        tables.put(table, mapped);
      }
      before |= changed;
      result.add(mapped);
    }
    changed = before;
    return result;
  }

  @SuppressWarnings("ReferenceEquality") // unchanged is the very same node
  private Expression apply(Expression expr) {
    Expression result = mapper.apply(expr);
    if (!tables.isEmpty()) {
      result = QueryWalker.replace(result, this::followTables);
    }
    changed |= result != expr;
    return result;
  }

  /// A sublink may refer to a query of a WITH clause around it.
  private Expression followTables(Expression node) {
    if (!(node instanceof SubLinkExpr sublink)) {
      return node;
    }
    QueryMapping references = new QueryMapping(expr -> expr, true);
    references.tables.putAll(tables);
    return sublink.withQuery(references.map(sublink.query()));
  }

  private Query.Output mapOutput(Query.Output output) {
    return SortClauses.withExpr(output, apply(output.expr()));
  }

  private @Nullable Expression mapNullable(@Nullable Expression expr) {
    return expr == null ? null : apply(expr);
  }

  private Query.Limits mapLimits(Query.Limits limits) {
    return new Query.Limits(mapNullable(limits.limit()), mapNullable(limits.offset()));
  }

  FromItem mapFrom(FromItem item) {
    return switch (item) {
      case FromItem.Entry entry ->
          !deep && entry.range() instanceof RangeEntry.Subquery
              ? entry
              : new FromItem.Entry(mapRange(entry.range()));
      case FromItem.Join join ->
          new FromItem.Join(
              join.type(),
              mapFrom(join.left()),
              mapFrom(join.right()),
              mapNullable(join.condition()));
    };
  }

  private RangeEntry mapRange(RangeEntry range) {
    return switch (range) {
      case RangeEntry.Subquery subquery ->
          new RangeEntry.Subquery(
              subquery.id(),
              subquery.alias(),
              map(subquery.query()),
              subquery.lateral(),
              subquery.columns());
      case RangeEntry.Function function ->
          new RangeEntry.Function(
              function.id(),
              function.alias(),
              function.calls().stream().map(this::apply).toList(),
              function.ordinality(),
              function.columns());
      case RangeEntry.Values values ->
          new RangeEntry.Values(
              values.id(), values.alias(), mapRows(values.rows()), values.columns());
      case RangeEntry.Table table -> table;
      case RangeEntry.Cte cte -> {
        CommonTable table = tables.get(cte.table());
        changed |= table != null;
        yield table == null ? cte : new RangeEntry.Cte(cte.id(), cte.alias(), table, cte.columns());
      }
    };
  }

  private List<List<Expression>> mapRows(List<List<Expression>> rows) {
    List<List<Expression>> result = new ArrayList<>();
    rows.forEach(row -> result.add(row.stream().map(this::apply).toList()));
    return result;
  }
}
