package dev.lifeline.catalog;

import dev.lifeline.utils.activity.Counters;
import dev.lifeline.utils.activity.StatementStatistics;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// `pg_stat_statements` and `pg_stat_statements_info`, which are an extension's in PostgreSQL and
/// built in here.
///
/// What is not counted by statement (blocks and WAL) is null. Who may not read everybody's
/// statistics sees of the others' statements neither the text nor the identifier.
final class StatementViews {
  private static final List<String> NEVER =
      List.of(
          "jit_functions",
          "jit_inlining_count",
          "jit_optimization_count",
          "jit_emission_count",
          "plans");

  private static final List<String> NO_TIME =
      List.of(
          "total_plan_time",
          "min_plan_time",
          "max_plan_time",
          "mean_plan_time",
          "stddev_plan_time",
          "jit_generation_time",
          "jit_inlining_time",
          "jit_optimization_time",
          "jit_emission_time");

  private StatementViews() {}

  static void register(VirtualTables tables) {
    tables.register(
        "pg_stat_statements", new BuiltTable("pg_stat_statements", StatementViews::statements));
    tables.register(
        "pg_stat_statements_info",
        new BuiltTable("pg_stat_statements_info", session -> List.of(row -> info(row, session))));
  }

  private static List<Consumer<VirtualRow>> statements(BackendCatalog session) {
    Counters counters = session.catalogs().shared().counters();
    List<Consumer<VirtualRow>> rows = new ArrayList<>();
    for (CatalogRow database : session.reader().scan("pg_database", r -> true)) {
      int oid = database.oid("oid");
      for (StatementStatistics.Line line : counters.database(oid).statements.lines()) {
        boolean mayRead = ActivityViews.mayRead(session, line.userOid());
        rows.add(row -> statement(row, oid, line, mayRead));
      }
    }
    return rows;
  }

  private static void statement(
      VirtualRow row, int database, StatementStatistics.Line line, boolean mayRead) {
    row.oid("userid", line.userOid())
        .oid("dbid", database)
        .set("toplevel", true)
        .set("query", mayRead ? line.text() : ActivityViews.HIDDEN)
        .set("calls", line.calls())
        .set("total_exec_time", line.total())
        .set("min_exec_time", line.min())
        .set("max_exec_time", line.max())
        .set("mean_exec_time", line.mean())
        .set("stddev_exec_time", line.deviation())
        .set("rows", line.rows());
    if (mayRead) {
      row.set("queryid", line.queryId());
    }
    NEVER.forEach(column -> row.set(column, 0L));
    NO_TIME.forEach(column -> row.set(column, 0.0));
  }

  private static void info(VirtualRow row, BackendCatalog session) {
    StatementStatistics own =
        session.catalogs().shared().counters().database(session.databaseOid()).statements;
    row.set("dealloc", own.deallocations());
    RelationStatisticsViews.time(row, "stats_reset", own.resetMicros());
  }
}
