package dev.lifeline.events;

import org.jspecify.annotations.Nullable;

/// Statements that took longer than `log_min_duration_statement`, and all that failed.
public sealed interface StatementEvent extends LifecycleEvent {

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
      double durationMs)
      implements StatementEvent {}

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
      double durationMs)
      implements StatementEvent {}
}
