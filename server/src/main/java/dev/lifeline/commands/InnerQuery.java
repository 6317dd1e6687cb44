package dev.lifeline.commands;

import dev.lifeline.executor.DestReceiver;
import dev.lifeline.executor.QueryExecution;
import dev.lifeline.executor.QueryPlan;
import dev.lifeline.executor.ResultColumn;
import dev.lifeline.executor.SessionContext;
import dev.lifeline.optimizer.Planner;
import dev.lifeline.parser.analyze.Analyzer;
import dev.lifeline.parser.tree.Stmt;
import io.vertx.core.Future;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A query that is part of a command: of COPY, of CREATE TABLE AS.
final class InnerQuery {
  private final CommandContext context;
  private final QueryPlan plan;

  private InnerQuery(CommandContext context, QueryPlan plan) {
    this.context = context;
    this.plan = plan;
  }

  /// Plans the query and locks what it uses. May throw [dev.lifeline.utils.NotYet].
  static InnerQuery plan(CommandContext context, Stmt query) {
    SessionContext session = context.session();
    CatalogStorage storage = new CatalogStorage(context.catalog());
    while (true) {
      long generation = context.catalog().generation();
      Analyzer.Analyzed analyzed =
          Analyzer.analyze(query, context.catalog(), session.evalContext(), new int[0], false);
      QueryPlan plan =
          QueryPlan.of(
              Planner.plan(
                  analyzed,
                  session.gucs(),
                  context.catalog(),
                  session.evalContext(),
                  relation -> storage.table(relation).blocks()),
              session,
              storage);
      if (QueryExecution.lock(session, plan) && generation == context.catalog().generation()) {
        return new InnerQuery(context, plan);
      }
    }
  }

  /// The shape of its rows, or null where it returns none.
  @Nullable List<ResultColumn> columns() {
    return plan.resultColumns();
  }

  Future<Void> run(DestReceiver destination) {
    return new QueryExecution(context.session(), () -> plan, null).run(destination, 0).mapEmpty();
  }
}
