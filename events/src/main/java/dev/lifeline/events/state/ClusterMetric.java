package dev.lifeline.events.state;

import dev.lifeline.events.CheckpointEvent;
import dev.lifeline.events.LifecycleEvent;
import dev.lifeline.events.ProcessEvent;
import dev.lifeline.events.TransactionEvent;
import java.util.List;
import java.util.function.ToDoubleFunction;

/// A figure that can be read off a cluster's state, for those who draw curves.
///
/// @param name as Prometheus has it, `lifeline_wal_flushed_bytes_total`
/// @param help what it is, in a sentence
public record ClusterMetric(
    String name, Kind kind, String help, ToDoubleFunction<ClusterState> value) {
  /// What becomes of it over time.
  public enum Kind {
    GAUGE,
    /// Only grows, across restarts.
    COUNTER
  }

  private static final List<ClusterMetric> ALL =
      List.of(
          new ClusterMetric(
              "lifeline_up",
              Kind.GAUGE,
              "1 while the server runs.",
              s -> s.postmaster().state().equals(PostmasterState.STOPPED) ? 0 : 1),
          new ClusterMetric(
              "lifeline_ready",
              Kind.GAUGE,
              "1 while the server accepts sessions.",
              s -> s.postmaster().state().equals("PM_RUN") ? 1 : 0),
          new ClusterMetric(
              "lifeline_processes",
              Kind.GAUGE,
              "Processes alive.",
              s -> s.processes().values().size()),
          new ClusterMetric(
              "lifeline_connections",
              Kind.GAUGE,
              "Clients connected.",
              s -> s.totals().connections()),
          new ClusterMetric(
              "lifeline_events_total",
              Kind.COUNTER,
              "Events on the log.",
              s -> (double) s.sequence()),
          new ClusterMetric(
              "lifeline_events_dropped_total",
              Kind.COUNTER,
              "Events that could not be kept.",
              s -> (double) s.totals().dropped()),
          new ClusterMetric(
              "lifeline_wal_flushed_bytes_total",
              Kind.COUNTER,
              "Bytes of WAL flushed.",
              s -> (double) s.totals().walBytes()),
          new ClusterMetric(
              "lifeline_group_commits_total",
              Kind.COUNTER,
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
          new ClusterMetric(
              "lifeline_checkpoint_buffers_written_total",
              Kind.COUNTER,
              "Pages written by checkpoints.",
              s -> (double) s.totals().buffersWritten()),
          count("lifeline_forks_total", "Processes forked.", ProcessEvent.Forked.class),
          count("lifeline_crashes_total", "Processes crashed.", ProcessEvent.Crashed.class));

  private static ClusterMetric count(
      String name, String help, Class<? extends LifecycleEvent> type) {
    return new ClusterMetric(name, Kind.COUNTER, help, s -> (double) s.count(type));
  }

  /// All of them.
  public static List<ClusterMetric> all() {
    return ALL;
  }

  /// As OpenTelemetry names it, without the unit and the kind that Prometheus has in the name:
  /// `lifeline.wal_flushed`.
  public String otelName() {
    String bare = name.replaceAll("(_bytes)?(_total)?$", "");
    return "lifeline." + bare.substring("lifeline_".length());
  }

  /// The unit, as OpenTelemetry writes it.
  public String unit() {
    return name.contains("_bytes") ? "By" : "1";
  }
}
