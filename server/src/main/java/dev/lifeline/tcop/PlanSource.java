package dev.lifeline.tcop;

import dev.lifeline.catalog.SessionCatalog;
import dev.lifeline.executor.QueryExecution;
import dev.lifeline.executor.QueryPlan;
import dev.lifeline.executor.ResultColumn;
import dev.lifeline.executor.SessionContext;
import dev.lifeline.executor.Storage;
import dev.lifeline.optimizer.Planner;
import dev.lifeline.parser.analyze.Analyzer;
import dev.lifeline.parser.tree.Stmt;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A statement of which a plan can be had at any time: PostgreSQL's cached plan source. Keeps the
/// last plan, asks the shared cache for another one when the catalogs have changed, and makes one
/// where that has none.
///
/// Belongs to one session. Its calls may throw [dev.lifeline.utils.NotYet], and are then repeated.
final class PlanSource {
  private final Stmt tree;
  private final String text;
  private final int[] declaredTypes;
  private final PlanCache cache;
  private final Storage storage;
  private @Nullable QueryPlan plan;
  private long generation;

  /// @param text by which the cache knows the statement
  PlanSource(Stmt tree, String text, int[] declaredTypes, PlanCache cache, Storage storage) {
    this.tree = tree;
    this.text = text;
    this.declaredTypes = declaredTypes.clone();
    this.cache = cache;
    this.storage = storage;
  }

  /// A plan that is good now, for a description of the statement.
  QueryPlan describe(SessionContext session) {
    SessionCatalog catalog = session.catalog();
    QueryPlan last = plan;
    if (last != null && generation == catalog.generation()) {
      return last;
    }
    PlanCache.Key key = key(session);
    boolean shared = catalog.pristine();
    long sharedGeneration = catalog.sharedGeneration();
    QueryPlan found = shared ? cache.find(key, sharedGeneration) : null;
    if (found == null) {
      long before = catalog.generation();
      found = make(session);
      if (shared && before == catalog.generation()) {
        cache.put(key, found, sharedGeneration);
      }
    }
    if (last != null && !sameShape(last.resultColumns(), found.resultColumns())) {
      throw PgException.error(
          SqlState.FEATURE_NOT_SUPPORTED, "cached plan must not change result type");
    }
    plan = found;
    generation = catalog.generation();
    return found;
  }

  /// A plan whose relations are locked for the statement. Waiting for a lock may show that the
  /// catalogs have changed, and then it begins anew.
  QueryPlan lockedPlan(SessionContext session) {
    while (true) {
      QueryPlan current = describe(session);
      boolean all = QueryExecution.lock(session, current);
      if (all && generation == session.catalog().generation()) {
        return current;
      }
      if (!all) {
        plan = null;
      }
    }
  }

  private static boolean sameShape(
      @Nullable List<ResultColumn> before, @Nullable List<ResultColumn> now) {
    if (before == null || now == null) {
      return before == null && now == null;
    }
    if (before.size() != now.size()) {
      return false;
    }
    for (int i = 0; i < before.size(); i++) {
      ResultColumn a = before.get(i);
      ResultColumn b = now.get(i);
      if (a.typeOid() != b.typeOid() || !a.name().equals(b.name())) {
        return false;
      }
    }
    return true;
  }

  private QueryPlan make(SessionContext session) {
    Analyzer.Analyzed analyzed =
        Analyzer.analyze(tree, session.catalog(), session.evalContext(), declaredTypes, true);
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

  private PlanCache.Key key(SessionContext session) {
    return new PlanCache.Key(
        text,
        Arrays.stream(declaredTypes).boxed().toList(),
        session.databaseOid(),
        session.userOid(),
        String.join(",", session.catalog().searchPath(true))
            + ";"
            + PlannerSettingsKey.of(session.gucs()));
  }
}
