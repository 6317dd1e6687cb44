package dev.lifeline.postmaster;

import dev.lifeline.replication.logical.LogicalWorkers;
import dev.lifeline.replication.logical.LogicalWorkers.Assignment;
import dev.lifeline.replication.logical.LogicalWorkers.Launch;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.Severity;
import dev.lifeline.utils.error.SqlState;
import dev.lifeline.utils.guc.Gucs;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Starts an apply worker for each enabled subscription. Forked by the postmaster when the server
/// is ready; ends with code 1 when it is told to, as PostgreSQL's does, and is forked again while
/// the server runs.
///
/// It looks when a subscription was changed, when a worker has ended, and every three minutes. A
/// worker that has ended is started again `wal_retrieve_retry_interval` after its last start, not
/// before. The launcher touches no table, so its end loses nothing; its crash is a crash of the
/// cluster like that of every process that sees shared memory.
final class LogicalReplicationLauncher extends AuxiliaryProcess {
  /// How often it looks for new subscriptions when nobody wakes it up.
  private static final long NAPTIME_MS = 180_000;

  private static final long NANOS_PER_MS = 1_000_000;

  private final LogicalReplication replication;

  /// When each subscription's worker was last asked for.
  private final Map<Integer, Long> lastStarts = new HashMap<>();

  private long naptimeMs = 0;

  /// @param forkWorker asks the postmaster for a worker
  LogicalReplicationLauncher(
      ProcessEnvironment env, LogicalReplication replication, Runnable forkWorker) {
    super(env);
    this.replication = replication;
    replication
        .workers()
        .launcher(
            new LogicalWorkers.Wakeable() {
              @Override
              public void wakeUp() {
                env.timers().execute(LogicalReplicationLauncher.this::lookAgain);
              }
            },
            forkWorker);
  }

  /// Works now, or once more when it is at work just now.
  private void lookAgain() {
    naptimeMs = 0;
    wakeUp();
  }

  @Override
  protected Future<Void> work() {
    naptimeMs = NAPTIME_MS;
    return replication
        .wanted()
        .map(subscriptions -> {
          launch(subscriptions);
          return null;
        });
  }

  private void launch(List<Assignment> subscriptions) {
    lastStarts
        .keySet()
        .retainAll(subscriptions.stream().map(wanted -> wanted.key().subscription()).toList());
    long now = env.clock().nanoTime();
    long interval = env.get(Gucs.WAL_RETRIEVE_RETRY_INTERVAL) * NANOS_PER_MS;
    for (Assignment wanted : subscriptions) {
      if (replication.workers().has(wanted.key())) {
        continue;
      }
      Long last = lastStarts.get(wanted.key().subscription());
      if (last != null && now - last < interval) {
        naptimeMs = Math.min(naptimeMs, Math.max(1, (interval - (now - last)) / NANOS_PER_MS + 1));
        continue;
      }
      Launch launch =
          replication
              .workers()
              .launch(wanted, Math.toIntExact(env.get(Gucs.MAX_LOGICAL_REPLICATION_WORKERS)), 0);
      switch (launch) {
        case ASKED -> lastStarts.put(wanted.key().subscription(), now);
        case NO_SLOT ->
            env.report(
                new PgException(
                        Severity.WARNING,
                        SqlState.CONFIGURATION_LIMIT_EXCEEDED,
                        "out of logical replication worker slots")
                    .hint("You might need to increase max_logical_replication_workers."));
        case THERE, ENOUGH -> {}
      }
    }
  }

  @Override
  protected long naptimeMs() {
    return naptimeMs;
  }

  @Override
  protected ExitStatus exitStatus() {
    return ExitStatus.FATAL;
  }
}
