package dev.lifeline.parser.analyze;

import dev.lifeline.catalog.Privilege;
import dev.lifeline.catalog.Relation;
import dev.lifeline.executor.expr.Const;
import dev.lifeline.executor.expr.ExprLocation;
import dev.lifeline.executor.expr.Expression;
import dev.lifeline.executor.expr.ParseLoc;
import dev.lifeline.parser.analyze.Query.Output;
import dev.lifeline.parser.tree.Expr;
import dev.lifeline.parser.tree.InsertStmt;
import dev.lifeline.parser.tree.ResTarget;
import dev.lifeline.parser.tree.SelectStmt;
import dev.lifeline.parser.tree.SetOperation;
import dev.lifeline.parser.tree.SetToDefault;
import dev.lifeline.storage.lmgr.LockMode;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Analyzes INSERT. Its source becomes a query that yields whole rows of the table: what the
/// statement gives, coerced for assignment, and defaults for the rest.
final class InsertAnalyzer {
  private final ParseState state;
  private final Analysis analysis;

  InsertAnalyzer(ParseState state) {
    this.state = state;
    this.analysis = state.analysis();
  }

  Query.Insert analyze(InsertStmt insert) {
    List<CommonTable> with = new WithClauses(state).analyze(insert.withClause());
    Scope.Item item = new FromClauses(state).target(insert.relation(), "INSERT");
    RangeEntry.Table target = ModifyAnalyzer.table(item);
    analysis.use(target.relation(), LockMode.ROW_EXCLUSIVE, Privilege.INSERT);
    List<Integer> columns = columns(insert, target.relation());
    Query source = source(insert, target.relation(), columns);
    Query.OnConflict onConflict = null;
    if (insert.onConflictClause() != null) {
      onConflict = new OnConflictAnalyzer(state, item, target).analyze(insert.onConflictClause());
    }
    return new Query.Insert(target, source, onConflict, returning(insert, item), with);
  }

  private List<Output> returning(InsertStmt insert, Scope.Item item) {
    if (insert.returningList().isEmpty()) {
      return List.of();
    }
    state.scope().add(item, -1);
    RangeEntry.Table target = ModifyAnalyzer.table(item);
    analysis.use(target.relation(), LockMode.ROW_EXCLUSIVE, Privilege.SELECT);
    return ModifyAnalyzer.returning(state, insert.returningList());
  }

  /// The numbers of the columns that the statement gives values for.
  private static List<Integer> columns(InsertStmt insert, Relation relation) {
    List<Integer> columns = new ArrayList<>();
    if (insert.cols().isEmpty()) {
      for (Relation.Column column : relation.columns()) {
        if (!column.dropped()) {
          columns.add(column.attnum());
        }
      }
      return columns;
    }
    Set<Integer> seen = new HashSet<>();
    for (ResTarget target : insert.cols()) {
      Relation.Column column = ModifyAnalyzer.column(relation, target);
      if (!seen.add(column.attnum())) {
        throw PgException.error(
                SqlState.DUPLICATE_COLUMN, "column \"%s\" specified more than once", column.name())
            .at(target.location());
      }
      columns.add(column.attnum());
    }
    return columns;
  }

  private Query source(InsertStmt insert, Relation relation, List<Integer> columns) {
    SelectStmt select = insert.selectStmt();
    if (select == null) {
      return rows(List.of(defaults(relation)));
    }
    boolean plainValues =
        select.op() == SetOperation.NONE
            && !select.valuesLists().isEmpty()
            && select.withClause() == null
            && select.sortClause().isEmpty()
            && select.limitCount() == null
            && select.limitOffset() == null;
    return plainValues
        ? values(insert, select, relation, columns)
        : query(insert, select, relation, columns);
  }

  private Query values(
      InsertStmt insert, SelectStmt select, Relation relation, List<Integer> columns) {
    List<List<Expression>> rows = new ArrayList<>();
    int width = select.valuesLists().getFirst().size();
    ExpressionAnalyzer expressions = new ExpressionAnalyzer(state);
    List<Expression> defaults = defaults(relation);
    for (List<Expr> rawRow : select.valuesLists()) {
      if (rawRow.size() != width) {
        throw PgException.error(SqlState.SYNTAX_ERROR, "VALUES lists must all be the same length")
            .at(rawRow.getFirst().location());
      }
      checkWidth(
          insert,
          columns,
          width,
          width > columns.size() ? rawRow.get(columns.size()).location() : -1);
      List<Expression> row = new ArrayList<>(defaults);
      for (int i = 0; i < width; i++) {
        Expr raw = rawRow.get(i);
        Relation.Column column = relation.column(columns.get(i));
        if (!(raw instanceof SetToDefault)) {
          Expression value = expressions.transform(raw, ExprKind.VALUES);
          Expression assigned = expressions.assign(value, column, ExprLocation.of(value));
          if (!AssignedColumns.ignores(column, insert.override())) {
            row.set(column.attnum() - 1, assigned);
          }
        }
      }
      rows.add(row);
    }
    return rows(rows);
  }

  private static void checkWidth(
      InsertStmt insert, List<Integer> columns, int width, int extraLocation) {
    if (width > columns.size()) {
      throw PgException.error(
              SqlState.SYNTAX_ERROR, "INSERT has more expressions than target columns")
          .at(extraLocation);
    }
    if (!insert.cols().isEmpty() && width < columns.size()) {
      throw PgException.error(
              SqlState.SYNTAX_ERROR, "INSERT has more target columns than expressions")
          .at(insert.cols().get(width).location());
    }
  }

  /// What a row has where the statement gives nothing.
  private List<Expression> defaults(Relation relation) {
    List<Expression> row = new ArrayList<>();
    for (Relation.Column column : relation.columns()) {
      row.add(defaultOf(state, column));
    }
    return row;
  }

  static Expression defaultOf(ParseState state, Relation.Column column) {
    String source = column.defaultSource();
    if (column.dropped()) {
      return Const.nullOf(Types.INT4);
    }
    if (source == null || column.isGenerated()) {
      // What is computed from the others is so when they are there.
      return new Const(column.typeOid(), column.typmod(), null, ParseLoc.NONE);
    }
    ParseState none = new ParseState(state.analysis(), null);
    return state
        .analysis()
        .catalog()
        .readingStored(() -> new ExpressionAnalyzer(none).storedDefault(source, column));
  }

  /// One row or several: a query without FROM, or one over VALUES.
  private Query rows(List<List<Expression>> rows) {
    List<Output> targets = new ArrayList<>();
    if (rows.size() == 1) {
      for (Expression value : rows.getFirst()) {
        targets.add(new Output("?column?", value, false, 0, 0));
      }
      return select(List.of(), targets);
    }
    RangeEntry.Values range = new SelectAnalyzer(state).valuesEntry(rows);
    for (RangeEntry.RangeColumn column : range.columns()) {
      targets.add(new Output(column.name(), FromClauses.var(range, column), false, 0, 0));
    }
    return select(List.of(new FromItem.Entry(range)), targets);
  }

  private static Query select(List<FromItem> from, List<Output> targets) {
    return Query.Select.of(from, null, targets);
  }

  private Query query(
      InsertStmt insert, SelectStmt select, Relation relation, List<Integer> columns) {
    Query query =
        new SelectAnalyzer(new ParseState(analysis, state)).keepUnknowns().analyze(select);
    List<Output> outputs = query.outputs();
    checkWidth(
        insert,
        columns,
        outputs.size(),
        outputs.size() > columns.size() ? ExprLocation.of(outputs.get(columns.size()).expr()) : -1);
    List<RangeEntry.RangeColumn> inner = new ArrayList<>();
    for (int i = 0; i < outputs.size(); i++) {
      Expression expr = outputs.get(i).expr();
      inner.add(
          new RangeEntry.RangeColumn(
              outputs.get(i).name(), i + 1, expr.type(), expr.typmod(), 0, 0));
    }
    RangeEntry range =
        analysis.add(
            new RangeEntry.Subquery(analysis.newRangeId(), "*SELECT*", query, false, inner));
    List<Expression> row = defaults(relation);
    ExpressionAnalyzer expressions = new ExpressionAnalyzer(state);
    for (int i = 0; i < outputs.size(); i++) {
      Relation.Column column = relation.column(columns.get(i));
      Expression given = outputs.get(i).expr();
      Expression value =
          given instanceof Const && given.type() == Types.UNKNOWN
              ? given
              : FromClauses.var(range, inner.get(i));
      Expression assigned = expressions.assign(value, column, ExprLocation.of(given));
      if (!AssignedColumns.ignores(column, insert.override())) {
        row.set(column.attnum() - 1, assigned);
      }
    }
    List<Output> targets = new ArrayList<>();
    row.forEach(value -> targets.add(new Output("?column?", value, false, 0, 0)));
    return select(List.of(new FromItem.Entry(range)), targets);
  }
}
