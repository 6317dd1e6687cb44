package dev.lifeline.events;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Statements that took longer than `log_min_duration_statement`, those that belong to a sampled
/// trace of the client, and all that failed.
public sealed interface StatementEvent extends LifecycleEvent {

  /// Where a statement's time went. In the extended protocol it begins with the Parse or Bind
  /// message that led to this execution, so `elapsed_ms` is more than `duration_ms`, which is the
  /// execution's alone as in PostgreSQL's log.
  ///
  /// @param elapsedMs from the first message to the end
  /// @param parseMs 0 where the statement was parsed before
  /// @param planMs analysis and planning, or finding the plan in the cache
  /// @param executeStartMs when the execution began, after the first message
  /// @param executeMs without the commit; 0 where it did not begin
  record Phases(
      double elapsedMs, double parseMs, double planMs, double executeStartMs, double executeMs) {}

  /// What a node of the statement's plan did, told where `lifeline.trace_plan_nodes` asks for it.
  ///
  /// @param name as EXPLAIN has it, e.g. `Seq Scan on employees`
  /// @param parent the node above it, by its place in the list; -1 for the one at the top
  /// @param startMs when it was first asked for a row, after the execution began
  /// @param endMs when it gave its last one
  /// @param timeMs how long it was at work, with the nodes below it
  /// @param rows all rows that it gave, in all loops
  /// @param loops how often it was begun
  record PlanNode(
      String name,
      int parent,
      double startMs,
      double endMs,
      double timeMs,
      long rows,
      long loops) {}

  /// A statement succeeded.
  ///
  /// @param queryId as `pg_stat_statements.queryid`
  /// @param querySummary the statement's kind and its tables, e.g. `SELECT employees`
  /// @param query the statement without its literals
  record Completed(
      @Wide long queryId,
      String querySummary,
      @Nullable String query,
      @Nullable String usename,
      @Nullable String datname,
      long rows,
      double durationMs,
      @Nullable Phases phases,
      List<PlanNode> planNodes)
      implements StatementEvent {
    public Completed {
      planNodes = List.copyOf(planNodes);
    }
  }

  /// A statement ended with an error.
  ///
  /// @param message the error's primary message; it may quote a literal, so it is absent unless
  ///   `log_parameter_max_length` allows literals or the message has none
  record Failed(
      @Wide long queryId,
      String querySummary,
      @Nullable String query,
      @Nullable String usename,
      @Nullable String datname,
      String sqlstate,
      @Nullable String message,
      double durationMs,
      @Nullable Phases phases)
      implements StatementEvent {}
}
