package dev.lifeline.parser.analyze;

import dev.lifeline.catalog.Privilege;
import dev.lifeline.catalog.Relation;
import dev.lifeline.executor.expr.ExprLocation;
import dev.lifeline.executor.expr.Expression;
import dev.lifeline.parser.analyze.Query.Assignment;
import dev.lifeline.parser.analyze.Query.Output;
import dev.lifeline.parser.tree.DeleteStmt;
import dev.lifeline.parser.tree.Expr;
import dev.lifeline.parser.tree.MultiAssignRef;
import dev.lifeline.parser.tree.ResTarget;
import dev.lifeline.parser.tree.RowExpr;
import dev.lifeline.parser.tree.SetToDefault;
import dev.lifeline.parser.tree.UpdateStmt;
import dev.lifeline.storage.lmgr.LockMode;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// Analyzes UPDATE and DELETE.
final class ModifyAnalyzer {
  private final ParseState state;
  private final Analysis analysis;

  ModifyAnalyzer(ParseState state) {
    this.state = state;
    this.analysis = state.analysis();
  }

  Query.Modify analyze(UpdateStmt update) {
    List<CommonTable> with = new WithClauses(state).analyze(update.withClause());
    FromClauses clauses = new FromClauses(state);
    Scope.Item item = clauses.target(update.relation(), "UPDATE");
    RangeEntry.Table target = table(item);
    state.scope().add(item, update.relation().location());
    List<FromItem> from = clauses.transform(update.fromClause());
    ExpressionAnalyzer expressions = new ExpressionAnalyzer(state);
    Expression where =
        update.whereClause() == null
            ? null
            : expressions.condition(update.whereClause(), ExprKind.WHERE, "WHERE");
    List<Assignment> assignments = assignments(state, target.relation(), update.targetList());
    List<Output> outputs = returning(state, update.returningList());
    analysis.use(target.relation(), LockMode.ROW_EXCLUSIVE, Privilege.UPDATE);
    if (where != null || !outputs.isEmpty()) {
      analysis.use(target.relation(), LockMode.ROW_EXCLUSIVE, Privilege.SELECT);
    }
    return new Query.Modify(target, false, assignments, from, where, outputs, with);
  }

  Query.Modify analyze(DeleteStmt delete) {
    List<CommonTable> with = new WithClauses(state).analyze(delete.withClause());
    FromClauses clauses = new FromClauses(state);
    Scope.Item item = clauses.target(delete.relation(), "DELETE");
    RangeEntry.Table target = table(item);
    state.scope().add(item, delete.relation().location());
    List<FromItem> from = clauses.transform(delete.usingClause());
    ExpressionAnalyzer expressions = new ExpressionAnalyzer(state);
    Expression where =
        delete.whereClause() == null
            ? null
            : expressions.condition(delete.whereClause(), ExprKind.WHERE, "WHERE");
    List<Output> outputs = returning(state, delete.returningList());
    analysis.use(target.relation(), LockMode.ROW_EXCLUSIVE, Privilege.DELETE);
    if (where != null || !outputs.isEmpty()) {
      analysis.use(target.relation(), LockMode.ROW_EXCLUSIVE, Privilege.SELECT);
    }
    return new Query.Modify(target, true, List.of(), from, where, outputs, with);
  }

  static RangeEntry.Table table(Scope.Item item) {
    if (item.range instanceof RangeEntry.Table table) {
      return table;
    }
    throw new IllegalStateException("the target is no table");
  }

  static List<Output> returning(ParseState state, List<ResTarget> list) {
    List<Output> outputs =
        new ArrayList<>(new TargetLists(state).transform(list, ExprKind.RETURNING));
    new ExpressionAnalyzer(state).resolveUnknowns(outputs);
    return outputs;
  }

  static Relation.Column column(Relation relation, ResTarget target) {
    if (!target.indirection().isEmpty()) {
      throw PgException.notSupported("assignment to an element or a field of a column");
    }
    String name = Objects.requireNonNull(target.name());
    Relation.Column column = relation.column(name);
    if (column == null) {
      throw relation.missingColumn(name).at(target.location());
    }
    return column;
  }

  /// The assignments of UPDATE ... SET and of ON CONFLICT DO UPDATE SET.
  static List<Assignment> assignments(
      ParseState state, Relation relation, List<ResTarget> targets) {
    ExpressionAnalyzer expressions = new ExpressionAnalyzer(state);
    List<Assignment> assignments = new ArrayList<>();
    for (ResTarget target : targets) {
      Expr source = target.val();
      if (source instanceof MultiAssignRef multi) {
        source = multiSource(multi);
      }
      if (source == null) {
        throw new IllegalStateException("an assignment without a value");
      }
      // First what is assigned, then to what: so that errors come in PostgreSQL's order.
      Expression given =
          source instanceof SetToDefault
              ? null
              : expressions.transform(source, ExprKind.UPDATE_SOURCE);
      Relation.Column column = column(relation, target);
      if (assignments.stream().anyMatch(a -> a.attnum() == column.attnum())) {
        throw PgException.error(
            SqlState.SYNTAX_ERROR, "multiple assignments to same column \"%s\"", column.name());
      }
      Expression value =
          given == null
              ? InsertAnalyzer.defaultOf(state, column)
              : expressions.assign(given, column, ExprLocation.of(given));
      if (given != null) {
        AssignedColumns.checkUpdate(column);
      }
      assignments.add(new Assignment(column.attnum(), value));
    }
    return assignments;
  }

  private static Expr multiSource(MultiAssignRef multi) {
    if (!(multi.source() instanceof RowExpr row)) {
      throw PgException.notSupported("a subquery as the source of a multiple-column UPDATE");
    }
    if (row.args().size() != multi.ncolumns()) {
      throw PgException.error(
              SqlState.SYNTAX_ERROR, "number of columns does not match number of values")
          .at(row.location());
    }
    return row.args().get(multi.colno() - 1);
  }
}
