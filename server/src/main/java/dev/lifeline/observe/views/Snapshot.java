package dev.lifeline.observe.views;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What the statistics views of a server show at one time.
///
/// @param counters of the whole cluster since they were last reset, by the names of
///   `stats.reported`
public record Snapshot(
    Instant taken,
    Map<Integer, Activity> activity,
    Map<String, Long> counters,
    Map<Integer, VacuumProgress> vacuums,
    Map<Integer, Sender> senders,
    Archiver archiver,
    Map<Integer, LockWait> waits) {

  /// A row of `pg_stat_activity`.
  public record Activity(
      int pid,
      String backendType,
      @Nullable Instant backendStart,
      @Nullable String usename,
      @Nullable String datname,
      @Nullable String applicationName,
      @Nullable String clientAddr,
      @Nullable Integer clientPort,
      boolean active) {}

  /// A row of `pg_stat_progress_vacuum`.
  public record VacuumProgress(int pid, String datname, String schemaname, String relname) {}

  /// A row of `pg_stat_replication`.
  public record Sender(
      int pid, @Nullable String applicationName, @Nullable String clientAddr, long sentLsn) {}

  /// `pg_stat_archiver`.
  public record Archiver(long archivedCount, @Nullable String lastArchivedWal) {}

  /// A lock that is waited for.
  public record LockWait(
      int pid, String mode, String locktype, String target, List<Integer> blockingPids) {
    public LockWait {
      blockingPids = List.copyOf(blockingPids);
    }
  }

  public Snapshot {
    activity = Map.copyOf(activity);
    counters = Map.copyOf(counters);
    vacuums = Map.copyOf(vacuums);
    senders = Map.copyOf(senders);
    waits = Map.copyOf(waits);
  }
}
