package dev.lifeline.dashboard;

import dev.lifeline.events.CheckpointEvent;
import dev.lifeline.events.LifecycleEvent;
import dev.lifeline.events.ProcessEvent;
import dev.lifeline.events.TransactionEvent;
import dev.lifeline.events.state.ClusterState;
import dev.lifeline.events.state.PostmasterState;
import java.util.List;
import java.util.function.ToDoubleFunction;

/// The state of each cluster in Prometheus' text format.
final class Metrics {
  static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private static final List<Metric> METRICS =
      List.of(
          new Metric(
              "lifeline_up",
              "gauge",
              "1 while the server runs.",
              s -> s.postmaster().state().equals(PostmasterState.STOPPED) ? 0 : 1),
          new Metric(
              "lifeline_ready",
              "gauge",
              "1 while the server accepts sessions.",
              s -> s.postmaster().state().equals("PM_RUN") ? 1 : 0),
          new Metric(
              "lifeline_processes",
              "gauge",
              "Processes alive.",
              s -> s.processes().values().size()),
          new Metric(
              "lifeline_connections", "gauge", "Clients connected.", s -> s.totals().connections()),
          new Metric(
              "lifeline_events_total", "counter", "Events on the log.", s -> (double) s.sequence()),
          new Metric(
              "lifeline_events_dropped_total",
              "counter",
              "Events that could not be kept.",
              s -> (double) s.totals().dropped()),
          new Metric(
              "lifeline_wal_flushed_bytes_total",
              "counter",
              "Bytes of WAL flushed.",
              s -> (double) s.totals().walBytes()),
          new Metric(
              "lifeline_group_commits_total",
              "counter",
              "Commits that WAL flushes made durable.",
              s -> (double) s.totals().groupCommits()),
          count(
              "lifeline_transactions_committed_total",
              "Transactions with an xid that were committed.",
              TransactionEvent.Committed.class),
          count(
              "lifeline_transactions_rolled_back_total",
              "Transactions with an xid that were rolled back.",
              TransactionEvent.RolledBack.class),
          count(
              "lifeline_checkpoints_total",
              "Checkpoints completed.",
              CheckpointEvent.Completed.class),
          new Metric(
              "lifeline_checkpoint_buffers_written_total",
              "counter",
              "Pages written by checkpoints.",
              s -> (double) s.totals().buffersWritten()),
          count("lifeline_forks_total", "Processes forked.", ProcessEvent.Forked.class),
          count("lifeline_crashes_total", "Processes crashed.", ProcessEvent.Crashed.class));

  private Metrics() {}

  /// One metric, read off the state.
  private record Metric(
      String name, String type, String help, ToDoubleFunction<ClusterState> value) {}

  private static Metric count(String name, String help, Class<? extends LifecycleEvent> type) {
    return new Metric(name, "counter", help, s -> (double) s.count(type));
  }

  static String of(List<EventLog> logs) {
    StringBuilder out = new StringBuilder();
    for (Metric metric : METRICS) {
      out.append("# HELP ").append(metric.name).append(' ').append(metric.help).append('\n');
      out.append("# TYPE ").append(metric.name).append(' ').append(metric.type).append('\n');
      for (EventLog log : logs) {
        out.append(metric.name)
            .append("{system_identifier=\"")
            .append(log.systemIdentifier())
            .append("\"} ")
            .append(number(metric.value.applyAsDouble(log.state())))
            .append('\n');
      }
    }
    return out.toString();
  }

  private static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : Double.toString(value);
  }
}
