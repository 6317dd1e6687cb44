package dev.lifeline.postmaster;

import dev.lifeline.libpq.ClientAddress;
import dev.lifeline.libpq.tls.TlsSession;
import dev.lifeline.replication.logical.LogicalWorkers;
import dev.lifeline.tcop.BackendActivity;
import dev.lifeline.utils.Clock;
import dev.lifeline.utils.activity.ProcessStatus;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What `pg_stat_activity` shows of the processes. May be made on any thread.
///
/// @param startedNanos when the postmaster started, by the two clocks
record ActivityReport(
    ProcessTable table,
    AutovacuumWorkers workers,
    LogicalWorkers logicalWorkers,
    Clock clock,
    long startedNanos,
    long startedMicros) {
  private static final int SUPERUSER = 10;

  List<ProcessStatus> processes() {
    List<ProcessStatus> processes = new ArrayList<>();
    for (ProcessTable.Entry entry : table.all()) {
      processes.add(status(entry));
    }
    processes.sort(Comparator.comparingInt(ProcessStatus::pid));
    return processes;
  }

  private ProcessStatus status(ProcessTable.Entry entry) {
    if (entry.handle() instanceof BackendProcess process) {
      return backend(entry, process);
    }
    long start = startedMicros + (entry.forkedNanos() - startedNanos) / 1000;
    ProcessStatus plain =
        ProcessStatus.auxiliary(
            entry.pid(), entry.type().backendType(), start, waitEvent(entry.type()));
    return switch (entry.type()) {
      case AUTOVACUUM_WORKER -> worker(plain);
      // A background worker that belongs to the bootstrap superuser.
      case LOGICAL_REPLICATION_LAUNCHER -> plain.of(SUPERUSER, "postgres");
      case LOGICAL_REPLICATION_WORKER -> logicalWorker(plain.of(SUPERUSER, "postgres"));
      default -> plain;
    };
  }

  /// What a process waits for while it has nothing to do.
  private static @Nullable String waitEvent(ProcessType type) {
    return switch (type) {
      case AUTOVACUUM_LAUNCHER -> "AutoVacuumMain";
      case BACKGROUND_WRITER -> "BgWriterMain";
      case CHECKPOINTER -> "CheckpointerMain";
      case LOGICAL_REPLICATION_LAUNCHER -> "LogicalLauncherMain";
      case LOGICAL_REPLICATION_WORKER -> "LogicalApplyMain";
      case STATS_COLLECTOR -> "PgStatMain";
      case WAL_WRITER -> "WalWriterMain";
      case ARCHIVER -> "ArchiverMain";
      default -> null;
    };
  }

  private ProcessStatus worker(ProcessStatus plain) {
    AutovacuumWorkers.Running running = workers.of(plain.pid());
    if (running == null) {
      return plain;
    }
    Autovacuum.Work work = running.work();
    long since = running.sinceMicros();
    return plain.atWork(
        running.database().databaseOid(),
        running.database().name(),
        work == null ? 0 : since,
        work == null ? 0 : since,
        since,
        work != null,
        work == null ? "" : work.activity());
  }

  private ProcessStatus logicalWorker(ProcessStatus plain) {
    LogicalWorkers.Assignment assignment = logicalWorkers.of(plain.pid());
    if (assignment == null) {
      return plain;
    }
    LogicalWorkers.Applying applying = logicalWorkers.applying(plain.pid());
    return plain.atWork(
        assignment.database(),
        assignment.databaseName(),
        applying.transaction() ? applying.sinceMicros() : 0,
        0,
        applying.sinceMicros(),
        applying.transaction(),
        "");
  }

  private ProcessStatus backend(ProcessTable.Entry entry, BackendProcess process) {
    BackendActivity activity = process.backend().activity();
    ClientAddress client = process.channel().remoteAddress();
    BackendActivity.State state = activity.state();
    boolean authorized = activity.databaseOid() != 0;
    long now = clock.epochMicros();
    return new ProcessStatus(
        entry.pid(),
        entry.type().backendType(),
        activity.databaseOid(),
        authorized ? activity.database() : null,
        activity.userOid(),
        authorized ? activity.user() : null,
        activity.applicationName(),
        client.local() ? null : client.host(),
        activity.clientHostname(),
        client.local() ? -1 : client.port(),
        activity.backendStart(),
        activity.transactionStart(),
        activity.queryStart(),
        activity.stateChange(),
        activity.waitType(),
        activity.waitEvent(),
        state == BackendActivity.State.STARTING ? null : state.label(),
        activity.query(),
        activity.activeMicros(now),
        activity.idleInTransactionMicros(now),
        encryption(activity.tls()));
  }

  private static ProcessStatus.@Nullable Encryption encryption(@Nullable TlsSession tls) {
    if (tls == null) {
      return null;
    }
    TlsSession.Client client = tls.client();
    return new ProcessStatus.Encryption(
        tls.protocol(),
        tls.cipher(),
        tls.bits(),
        client == null ? null : client.dn(),
        client == null ? null : client.serial(),
        client == null ? null : client.issuerDn());
  }
}
