package dev.lifeline.events.state;

import dev.lifeline.events.AnnotationEvent;
import dev.lifeline.events.BgWriterEvent;
import dev.lifeline.events.BufferEvent;
import dev.lifeline.events.CheckpointEvent;
import dev.lifeline.events.ConnectionEvent;
import dev.lifeline.events.Envelope;
import dev.lifeline.events.FaultEvent;
import dev.lifeline.events.LifecycleEvent;
import dev.lifeline.events.LockEvent;
import dev.lifeline.events.Lsn;
import dev.lifeline.events.ObserverEvent;
import dev.lifeline.events.PostmasterEvent;
import dev.lifeline.events.PostmasterEvent.ParameterChange;
import dev.lifeline.events.ProcessEvent;
import dev.lifeline.events.RecoveryEvent;
import dev.lifeline.events.ReplicationEvent;
import dev.lifeline.events.ServerEvent;
import dev.lifeline.events.StatementEvent;
import dev.lifeline.events.StatsEvent;
import dev.lifeline.events.TransactionEvent;
import dev.lifeline.events.VacuumEvent;
import dev.lifeline.events.WalEvent;
import dev.lifeline.events.codec.Names;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// One step from a state to the next: the parts of the old state, changed one by one.
///
/// A log may begin in the middle (its oldest segments are gone), so an event about a process that
/// is not known is no error: it adds nothing, except to the counts. Events with an empty case are
/// those that are counted and change nothing else.
final class Fold {
  private static final String POSTMASTER = "postmaster";

  private final Envelope envelope;
  private final int pid;
  private final Instant time;
  private final long sequence;

  private PostmasterState postmaster;
  private IntMap<ProcessState> processes;
  private WalState wal;
  private Totals totals;
  private Map<String, String> parameters;
  private StatsEvent.@Nullable Reported stats;
  private final EventCounts counts;

  Fold(ClusterState before, Envelope envelope) {
    this.envelope = envelope;
    pid = envelope.subject().pid();
    time = envelope.time();
    sequence = envelope.sequence();
    postmaster = before.postmaster();
    processes = before.processes();
    wal = before.wal();
    totals = before.totals();
    parameters = before.parameters();
    stats = before.stats();
    counts = before.counts().plus(envelope.event());
  }

  ClusterState after() {
    if (envelope.dropped() > 0) {
      totals = totals.plusDropped(envelope.dropped());
    }
    String guest = envelope.guest();
    if (guest.isEmpty()) {
      change();
    } else {
      ofGuest(guest, envelope.event());
    }
    return new ClusterState(
        sequence, time, postmaster, processes, wal, totals, counts, parameters, stats);
  }

  /// Of a server that shares the log of another, as a standby does, the processes are shown beside
  /// the others'; state, WAL, parameters and counters are those of the first. On another host a pid
  /// may be the same: the first to have it is shown.
  private void ofGuest(String guest, LifecycleEvent event) {
    if (event instanceof PostmasterEvent.Started || event instanceof PostmasterEvent.Stopped) {
      keepProcesses(process -> !isOf(process, guest));
    }
    ProcessState known = processes.get(pid);
    if (known != null && !isOf(known, guest)) {
      return;
    }
    if (event instanceof PostmasterEvent.Started) {
      processes =
          processes.put(
              pid, ProcessState.forked(pid, envelope.subject().processType(), 0, time, sequence));
    } else if (event instanceof ProcessEvent of) {
      process(of);
    } else if (event instanceof ConnectionEvent of) {
      connection(of);
    } else if (event instanceof LockEvent of) {
      lock(of);
    }
  }

  private static boolean isOf(ProcessState process, String guest) {
    return process.backendType().startsWith(guest + " ");
  }

  /// Nobody of the first server lives on; whose postmaster has a name before it is not of it.
  private void keepGuests() {
    List<String> guests = new ArrayList<>();
    processes.forEach(process -> {
      String type = process.backendType();
      if (type.endsWith(" " + POSTMASTER)) {
        guests.add(type.substring(0, type.length() - POSTMASTER.length()));
      }
    });
    keepProcesses(process -> guests.stream().anyMatch(process.backendType()::startsWith));
  }

  private void keepProcesses(Predicate<ProcessState> kept) {
    int clients = 0;
    IntMap<ProcessState> left = IntMap.empty();
    for (ProcessState process : processes.values()) {
      if (kept.test(process)) {
        left = left.put(process.pid(), process);
        clients += process.usename() == null ? 0 : 1;
      }
    }
    processes = left;
    totals = totals.withConnections(clients);
  }

  private void change() {
    switch (envelope.event()) {
      case PostmasterEvent event -> postmaster(event);
      case ProcessEvent event -> process(event);
      case ConnectionEvent event -> connection(event);
      case TransactionEvent event -> transaction(event);
      case StatementEvent event -> statement(event);
      case WalEvent event -> wal(event);
      case CheckpointEvent event -> checkpoint(event);
      case BufferEvent.EvictedDirty event -> totals = totals.plusWritten(0, event.buffersBackend());
      case VacuumEvent event -> vacuum(event);
      case RecoveryEvent event -> recovery(event);
      case LockEvent event -> lock(event);
      case StatsEvent.Reported event -> {
        stats = event;
        wal = wal.withInsert(Math.max(event.walInsertLsn(), wal.flushLsn()));
      }
      case BgWriterEvent event -> {}
      case ReplicationEvent event -> {}
      case FaultEvent event -> {}
      case ObserverEvent event -> {}
      case ServerEvent event -> {}
      case AnnotationEvent event -> {}
    }
  }

  private void postmaster(PostmasterEvent event) {
    switch (event) {
      case PostmasterEvent.Started started -> {
        // A new run has none of the processes, clients and addresses of the one before.
        postmaster =
            new PostmasterState(
                pid,
                "PM_INIT",
                time,
                time,
                started.version(),
                started.serverVersion(),
                started.dataDirectory(),
                null,
                List.of(),
                0);
        ProcessState self =
            ProcessState.forked(pid, envelope.subject().processType(), 0, time, sequence);
        keepGuests();
        processes = processes.put(pid, self);
        wal = wal.withCheckpoint(null, wal.lastCheckpoint()).withRecovery(null);
      }
      case PostmasterEvent.StateChanged changed -> {
        postmaster = postmaster.withState(changed.toState(), time);
        if (changed.toState().equals("PM_RUN")) {
          update(p -> p.withState(ProcessState.State.READY, time, sequence));
        }
      }
      case PostmasterEvent.ConfigLoaded loaded -> {
        parameters = Map.of();
        change(loaded.parameters());
      }
      case PostmasterEvent.ConfigReloaded reloaded -> change(reloaded.parameters());
      case PostmasterEvent.Listening listening -> {
        List<String> addresses = new ArrayList<>(postmaster.listening());
        addresses.add(listening.address() + ":" + listening.port());
        postmaster = postmaster.withListening(addresses);
      }
      case PostmasterEvent.SharedMemoryInitialized memory ->
          postmaster = postmaster.withSharedMemory(memory.totalBytes());
      case PostmasterEvent.ShutdownRequested requested ->
          postmaster = postmaster.withShutdown(requested.mode());
      case PostmasterEvent.Stopped stopped -> {
        postmaster =
            postmaster
                .withState(PostmasterState.STOPPED, time)
                .withShutdown(stopped.mode())
                .withListening(List.of())
                .withSharedMemory(0);
        keepGuests();
      }
    }
  }

  private void change(List<ParameterChange> changes) {
    if (changes.isEmpty()) {
      return;
    }
    Map<String, String> changed = new HashMap<>(parameters);
    for (ParameterChange change : changes) {
      String value = change.newValue();
      if (value == null) {
        changed.remove(change.name());
      } else {
        changed.put(change.name(), value);
      }
    }
    parameters = Map.copyOf(changed);
  }

  private void process(ProcessEvent event) {
    switch (event) {
      case ProcessEvent.Forked forked ->
          processes =
              processes.put(
                  pid,
                  ProcessState.forked(
                      pid, envelope.subject().processType(), forked.parentPid(), time, sequence));
      case ProcessEvent.Ready ready ->
          update(p -> p.withState(ProcessState.State.READY, time, sequence));
      case ProcessEvent.Restarted restarted ->
          update(p -> p.withReplaces(restarted.replacesPid(), sequence));
      case ProcessEvent.Terminated terminated ->
          update(p -> p.withState(ProcessState.State.TERMINATING, time, sequence));
      case ProcessEvent.Exited exited -> end();
      case ProcessEvent.Crashed crashed -> end();
      case ProcessEvent.Lost lost -> end();
    }
  }

  private void end() {
    ProcessState ended = processes.get(pid);
    if (ended != null && ended.usename() != null) {
      totals = totals.withConnections(Math.max(0, totals.connections() - 1));
    }
    processes = processes.remove(pid);
  }

  private void connection(ConnectionEvent event) {
    switch (event) {
      case ConnectionEvent.Received received ->
          update(p -> p.withClient(received.clientAddr(), received.clientPort(), sequence));
      case ConnectionEvent.Authorized authorized -> {
        ProcessState before = processes.get(pid);
        if (before != null && before.usename() == null) {
          totals = totals.withConnections(totals.connections() + 1);
        }
        update(p ->
            p.withSession(
                authorized.usename(),
                authorized.datname(),
                authorized.applicationName(),
                sequence));
      }
      case ConnectionEvent.Closed closed -> {
        ProcessState before = processes.get(pid);
        if (before != null && before.usename() != null) {
          totals = totals.withConnections(Math.max(0, totals.connections() - 1));
        }
        update(p -> p.withSession(null, p.datname(), p.applicationName(), sequence));
      }
      case ConnectionEvent.Secured secured -> {}
      case ConnectionEvent.Authenticated authenticated -> {}
      case ConnectionEvent.Rejected rejected -> {}
    }
  }

  private void transaction(TransactionEvent event) {
    switch (event) {
      case TransactionEvent.Committed committed ->
          wal = wal.withInsert(Math.max(wal.insertLsn(), committed.commitLsn()));
      case TransactionEvent.Prepared prepared ->
          wal = wal.withInsert(Math.max(wal.insertLsn(), prepared.prepareLsn()));
      case TransactionEvent.RolledBack rolledBack -> {}
    }
  }

  private void statement(StatementEvent event) {
    switch (event) {
      case StatementEvent.Completed completed -> totals = totals.plusRows(completed.rows());
      case StatementEvent.Failed failed -> {}
    }
  }

  private void wal(WalEvent event) {
    switch (event) {
      case WalEvent.Flushed flushed -> {
        wal = wal.withFlush(Math.max(wal.flushLsn(), flushed.endLsn()));
        totals = totals.plusFlush(flushed.walBytes(), flushed.commits());
      }
      case WalEvent.SegmentSwitched switched -> wal = wal.withWalFile(switched.walFile());
      case WalEvent.SegmentArchived archived -> wal = wal.withArchived(archived.walFile());
      case WalEvent.SegmentRestored restored -> {}
      case WalEvent.ArchiveFailed failed -> {}
      case WalEvent.SegmentRecycled recycled -> {}
    }
  }

  private void checkpoint(CheckpointEvent event) {
    switch (event) {
      case CheckpointEvent.Started started -> {
        wal =
            wal.withCheckpoint(
                new WalState.RunningCheckpoint(started.reason(), time, started.redoLsn()),
                wal.lastCheckpoint());
        doing("checkpoint: " + Names.enumText(started.reason()));
      }
      case CheckpointEvent.Completed completed -> {
        wal =
            wal.withCheckpoint(
                null,
                new WalState.Checkpoint(
                    completed.reason(),
                    time,
                    completed.checkpointLsn(),
                    completed.redoLsn(),
                    completed.buffersWritten(),
                    completed.totalMs()));
        totals = totals.plusWritten(completed.buffersWritten(), 0);
        doing(null);
      }
      case CheckpointEvent.Skipped skipped -> {
        wal = wal.withCheckpoint(null, wal.lastCheckpoint());
        doing(null);
      }
    }
  }

  private void vacuum(VacuumEvent event) {
    switch (event) {
      case VacuumEvent.WorkerLaunched launched ->
          update(p -> p.withSession(null, launched.datname(), null, sequence));
      case VacuumEvent.Started started ->
          doing("vacuum: " + started.schemaname() + "." + started.relname());
      case VacuumEvent.Completed completed -> {
        totals = totals.plusTuplesRemoved(completed.tuplesRemoved());
        doing(null);
      }
      case VacuumEvent.AnalyzeCompleted analyzed -> {}
      case VacuumEvent.Cancelled cancelled -> doing(null);
    }
  }

  private void recovery(RecoveryEvent event) {
    WalState.Recovery running = wal.recovery();
    switch (event) {
      case RecoveryEvent.Started started -> {
        wal =
            wal.withRecovery(
                new WalState.Recovery(
                    Names.enumText(started.reason()),
                    time,
                    started.redoLsn(),
                    started.redoLsn(),
                    0));
        doing("redo from " + Lsn.format(started.redoLsn()));
      }
      case RecoveryEvent.Progressed progressed -> {
        if (running != null) {
          wal =
              wal.withRecovery(
                  new WalState.Recovery(
                      running.reason(),
                      running.since(),
                      running.redoLsn(),
                      progressed.currentLsn(),
                      progressed.records()));
        }
      }
      case RecoveryEvent.Completed completed -> {
        // What lay behind the end of redo is gone, so the positions may go back here.
        wal = wal.withRecovery(null).withInsert(completed.endLsn()).withFlush(completed.endLsn());
        doing(null);
      }
      case RecoveryEvent.TargetReached reached -> {}
      case RecoveryEvent.TimelineSwitched switched -> {}
      case RecoveryEvent.Promoted promoted -> {}
      case RecoveryEvent.NotRequired notRequired -> {}
    }
  }

  private void lock(LockEvent event) {
    switch (event) {
      case LockEvent.Waiting waiting -> waitFor(waiting.mode() + " on " + waiting.target());
      case LockEvent.Acquired acquired -> waitFor(null);
      case LockEvent.WaitCancelled cancelled -> waitFor(null);
      case LockEvent.DeadlockDetected deadlock -> waitFor(null);
    }
  }

  private void waitFor(@Nullable String lock) {
    update(p -> p.withWaitingFor(lock, sequence));
  }

  private void doing(@Nullable String activity) {
    update(p -> p.withActivity(activity, sequence));
  }

  private void update(UnaryOperator<ProcessState> change) {
    ProcessState known = processes.get(pid);
    if (known != null) {
      processes = processes.put(pid, change.apply(known));
    }
  }
}
