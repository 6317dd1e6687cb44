package dev.lifeline.executor;

import dev.lifeline.access.transam.Snapshot;
import dev.lifeline.catalog.Relation;
import dev.lifeline.catalog.SessionCatalog;
import dev.lifeline.executor.node.Operator;
import dev.lifeline.optimizer.Planner;
import dev.lifeline.parser.Parser;
import dev.lifeline.parser.analyze.Analyzer;
import dev.lifeline.parser.analyze.RelationUse;
import dev.lifeline.utils.batch.Batch;
import org.jspecify.annotations.Nullable;

/// A query that the server itself asks in the middle of a statement, for a constraint. It asks for
/// nobody's permission.
///
/// In the plain style: [#next] may throw [dev.lifeline.utils.NotYet], and is called again then.
public final class DirectQuery {
  private final SessionContext session;
  private final QueryPlan plan;
  private final ExecState state;
  private @Nullable Operator root;
  private boolean closed;

  /// @param snapshot what it sees; given back to the transaction when the query is closed
  /// @param crosscheck changing a row that this one does not see is an error; null for none
  public DirectQuery(
      SessionContext session,
      QueryPlan plan,
      Snapshot snapshot,
      @Nullable Snapshot crosscheck,
      Batch params) {
    this.session = session;
    this.plan = plan;
    this.state = plan.compiled().newState(session, snapshot, params);
    state.crosscheck(crosscheck);
  }

  /// Plans a query.
  ///
  /// @param parameterTypes of `$1` and so on
  public static QueryPlan plan(
      String sql, int[] parameterTypes, SessionContext session, Storage storage) {
    Analyzer.Analyzed analyzed =
        Analyzer.analyze(
            Parser.parse(sql).getFirst().stmt(),
            session.catalog(),
            session.evalContext(),
            parameterTypes,
            true);
    return QueryPlan.of(
        Planner.plan(
            analyzed,
            session.gucs(),
            session.catalog(),
            session.evalContext(),
            relation -> storage.table(relation).blocks()),
        session,
        storage);
  }

  /// Locks what a plan uses.
  ///
  /// @return false where it is good no more
  public static boolean lock(SessionContext session, QueryPlan plan) {
    SessionCatalog catalog = session.catalog();
    long generation = catalog.generation();
    for (RelationUse use : plan.relations()) {
      Relation relation = catalog.reopen(use.relation().oid(), use.lockMode());
      if (relation == null) {
        return false;
      }
    }
    return generation == catalog.generation();
  }

  /// The next rows; null at the end, where what it has changed is visible to what comes next.
  public @Nullable Batch next() {
    Operator operator = root;
    if (operator == null) {
      operator = plan.compiled().open(state);
      root = operator;
    }
    state.beginTurn();
    Batch rows;
    do {
      rows = operator.next();
    } while (rows != null && rows.size() == 0);
    if (rows == null) {
      close();
      if (plan.modifies() || plan.locksRows()) {
        session.xact().nextCommand();
      }
    }
    return rows;
  }

  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (root != null) {
      root.close();
    }
    session.xact().releaseSnapshot();
  }
}
