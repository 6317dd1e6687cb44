package dev.lifeline.parser.analyze;

import dev.lifeline.catalog.Privilege;
import dev.lifeline.catalog.Relation;
import dev.lifeline.executor.expr.BoolExpr;
import dev.lifeline.executor.expr.Expression;
import dev.lifeline.parser.Parser;
import dev.lifeline.parser.analyze.Query.Assignment;
import dev.lifeline.parser.tree.Expr;
import dev.lifeline.parser.tree.IndexElem;
import dev.lifeline.parser.tree.InferClause;
import dev.lifeline.parser.tree.OnConflictClause;
import dev.lifeline.storage.lmgr.LockMode;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Analyzes ON CONFLICT: finds the unique indexes that it means, and analyzes what DO UPDATE does
/// in a scope that has the table and, as `excluded`, the row that was to be inserted.
final class OnConflictAnalyzer {
  private final ParseState state;
  private final Scope.Item item;
  private final RangeEntry.Table target;

  OnConflictAnalyzer(ParseState state, Scope.Item item, RangeEntry.Table target) {
    this.state = state;
    this.item = item;
    this.target = target;
  }

  Query.OnConflict analyze(OnConflictClause clause) {
    List<Integer> arbiters = arbiters(clause.infer());
    if (clause.action() == OnConflictClause.Action.NOTHING) {
      return new Query.OnConflict(arbiters, null, null, null);
    }
    if (clause.infer() == null) {
      throw PgException.error(
              SqlState.SYNTAX_ERROR,
              "ON CONFLICT DO UPDATE requires inference specification or constraint name")
          .hint("For example, ON CONFLICT (column_name).")
          .at(clause.location());
    }
    Relation relation = target.relation();
    state.analysis().use(relation, LockMode.ROW_EXCLUSIVE, Privilege.UPDATE);
    state.analysis().use(relation, LockMode.ROW_EXCLUSIVE, Privilege.SELECT);
    RangeEntry.Table excluded = excluded(relation);
    ParseState inner = new ParseState(state.analysis(), state);
    inner.scope().add(item, -1);
    inner.scope().add(FromClauses.item(excluded, null, false), -1);
    List<Assignment> assignments = ModifyAnalyzer.assignments(inner, relation, clause.targetList());
    Expression where =
        clause.whereClause() == null
            ? null
            : new ExpressionAnalyzer(inner)
                .condition(clause.whereClause(), ExprKind.WHERE, "WHERE");
    return new Query.OnConflict(arbiters, assignments, where, excluded);
  }

  private RangeEntry.Table excluded(Relation relation) {
    RangeEntry.Table entry = new FromClauses(state).tableEntry(relation, null);
    return state
        .analysis()
        .add(new RangeEntry.Table(entry.id(), "excluded", relation, entry.columns()));
  }

  private List<Integer> arbiters(@Nullable InferClause infer) {
    if (infer == null) {
      return List.of();
    }
    return infer.conname() == null ? byColumns(infer) : byConstraint(infer.conname());
  }

  private List<Integer> byConstraint(String name) {
    for (Relation.Constraint constraint : target.relation().constraints()) {
      if (constraint.name().equals(name)) {
        if (constraint.indexOid() == 0) {
          throw PgException.error(
              SqlState.WRONG_OBJECT_TYPE,
              "constraint in ON CONFLICT clause has no associated index");
        }
        return List.of(constraint.indexOid());
      }
    }
    throw PgException.error(
        SqlState.UNDEFINED_OBJECT,
        "constraint \"%s\" for table \"%s\" does not exist",
        name,
        target.relation().name());
  }

  /// The unique indexes on just these columns and expressions. A partial one only if the condition
  /// of the clause has all of its own.
  private List<Integer> byColumns(InferClause infer) {
    Set<Integer> columns = new HashSet<>();
    Set<Expression> expressions = new HashSet<>();
    for (IndexElem element : infer.indexElems()) {
      Expr expr = element.expr();
      if (expr != null) {
        expressions.add(expression(expr));
        continue;
      }
      String name = String.valueOf(element.name());
      Relation.Column column = target.relation().column(name);
      if (column == null) {
        throw PgException.error(
                SqlState.UNDEFINED_COLUMN, "column \"%s\" does not exist", element.name())
            .at(infer.location());
      }
      columns.add(column.attnum());
    }
    Expr where = infer.whereClause();
    List<Expression> conditions = where == null ? List.of() : conjuncts(predicate(where));
    List<Integer> found = new ArrayList<>();
    for (Relation.Index index : target.relation().indexes()) {
      if (index.unique()
          && index.valid()
          && isOn(index, columns, expressions)
          && hasAll(index, conditions)) {
        found.add(index.oid());
      }
    }
    if (found.isEmpty()) {
      throw PgException.error(
          SqlState.INVALID_COLUMN_REFERENCE,
          "there is no unique or exclusion constraint matching the ON CONFLICT specification");
    }
    return found;
  }

  private boolean isOn(Relation.Index index, Set<Integer> columns, Set<Expression> expressions) {
    Set<Integer> ownColumns = new HashSet<>();
    Set<Expression> ownExpressions = new HashSet<>();
    for (Relation.IndexKey key : index.keys()) {
      Relation.KeyExpression expression = key.expression();
      if (expression == null) {
        ownColumns.add(key.attnum());
      } else {
        ownExpressions.add(expression(Parser.parseExpression(expression.source())));
      }
    }
    return ownColumns.equals(columns) && ownExpressions.equals(expressions);
  }

  private boolean hasAll(Relation.Index index, List<Expression> conditions) {
    String predicate = index.predicate();
    return predicate == null
        || conditions.containsAll(conjuncts(predicate(Parser.parseExpression(predicate))));
  }

  private Expression expression(Expr expr) {
    Analysis analysis = state.analysis();
    return Analyzer.indexExpression(
        expr, target.relation(), target.id(), analysis.catalog(), analysis.context());
  }

  private Expression predicate(Expr expr) {
    Analysis analysis = state.analysis();
    return Analyzer.indexPredicate(
        expr, target.relation(), target.id(), analysis.catalog(), analysis.context());
  }

  private static List<Expression> conjuncts(Expression condition) {
    return condition instanceof BoolExpr bool && bool.kind() == BoolExpr.Kind.AND
        ? bool.args()
        : List.of(condition);
  }
}
