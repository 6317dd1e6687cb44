package dev.lifeline.postmaster;

import dev.lifeline.events.ProcessEvent;
import dev.lifeline.events.Subject;
import dev.lifeline.utils.error.LogProcess;
import dev.lifeline.utils.error.PgException;
import io.vertx.core.Promise;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The lives of the processes, from fork to end, as the process table and the event log have them.
/// When one is forked, and what its end means, [PostmasterStateMachine] decides.
///
/// Belongs to the postmaster's event loop.
final class Children {
  private final PostmasterEnvironment env;
  private final Forker forker;
  private final ProcessTable table;
  private final Postmaster postmaster;

  /// Who did an auxiliary process's work last, where nobody does it now.
  private final Map<ProcessType, Integer> predecessors = new EnumMap<>(ProcessType.class);

  Children(PostmasterEnvironment env, Forker forker, ProcessTable table, Postmaster postmaster) {
    this.env = env;
    this.forker = forker;
    this.table = table;
    this.postmaster = postmaster;
  }

  /// @param ready completes when the process does its work
  int fork(ProcessType type, long cause, Promise<Void> ready) {
    int pid = table.nextPid();
    Subject who = new Subject(type.backendType(), pid);
    long sequence = env.emitter().emit(who, new ProcessEvent.Forked(env.osPid()), cause);
    Integer replaced = predecessors.remove(type);
    if (replaced != null) {
      String reason = postmaster.recoveringFromCrash() ? "crash of the cluster" : "it has ended";
      env.emitter().emit(who, new ProcessEvent.Restarted(replaced, reason), sequence);
    }
    long began = env.clock().nanoTime();
    Generation generation = postmaster.generation();
    if (type == ProcessType.STARTUP) {
      generation.startupForked(sequence);
    }
    ProcessTable.Handle handle =
        forker.fork(
            timers -> {
              ServerProcess process =
                  Programs.create(
                      new ProcessEnvironment(
                          type,
                          pid,
                          sequence,
                          env.clock(),
                          timers,
                          env.emitter(),
                          env.log(),
                          LogProcess.of(pid, type.backendType(), env.clock().epochMicros()),
                          postmaster::config,
                          generation.sharedMemory()),
                      generation,
                      postmaster);
              process.ended().onSuccess(status -> postmaster.processExited(pid, status));
              return process;
            },
            failure -> {
              if (failure == null) {
                double ms = (env.clock().nanoTime() - began) / 1e6;
                env.emitter().emit(who, new ProcessEvent.Ready(ms), sequence);
                ready.tryComplete();
              } else {
                ready.tryFail(failure);
                postmaster.processExited(pid, ExitStatus.failed(failure));
              }
            });
    table.add(new ProcessTable.Entry(pid, type, began, sequence, handle));
    return pid;
  }

  /// Gives it a signal.
  void tell(ProcessTable.Entry entry, ProcessSignal signal, String reason, long cause) {
    ProcessEvent event = new ProcessEvent.Terminated(signal.name(), reason);
    long sequence = env.emitter().emit(entry.subject(), event, cause);
    entry.setEndCause(sequence);
    if (entry.type() == ProcessType.CHECKPOINTER && signal == ProcessSignal.SIGUSR2) {
      postmaster.generation().checkpointerTold(sequence);
    }
    entry.handle().signal(signal, postmaster.recoveringFromCrash());
  }

  /// It has ended.
  ///
  /// @param told whether it was told to go
  /// @return the event of its end
  long ended(ProcessTable.Entry entry, ExitStatus status, boolean told) {
    if (entry.type().isReplaced()) {
      predecessors.put(entry.type(), entry.pid());
    }
    double uptimeMs = (env.clock().nanoTime() - entry.forkedNanos()) / 1e6;
    // The startup process was forked to end: what follows from its end follows from its fork.
    long cause =
        entry.endCause() == 0 && entry.type() == ProcessType.STARTUP
            ? entry.forkSequence()
            : entry.endCause();
    boolean quit = status.code() == ExitStatus.QUIT.code() && told;
    ProcessEvent end =
        status.inGoodOrder() || quit
            ? new ProcessEvent.Exited(status.code(), uptimeMs)
            : crashed(status, uptimeMs);
    return env.emitter().emit(entry.subject(), end, cause);
  }

  private static ProcessEvent.Crashed crashed(ExitStatus status, double uptimeMs) {
    Throwable error = status.error();
    return new ProcessEvent.Crashed(
        status.code(),
        error == null ? null : error.getClass().getName(),
        error instanceof PgException e ? e.sqlState().code() : null,
        error == null ? null : error.getMessage(),
        uptimeMs);
  }

  /// What a backend or an autovacuum worker was running, for who asks what killed it.
  @Nullable String activity(ProcessTable.Entry entry) {
    AutovacuumWorkers.Running vacuuming = postmaster.autovacuumWorkers().of(entry.pid());
    if (vacuuming != null) {
      Autovacuum.Work work = vacuuming.work();
      return work == null ? null : work.activity();
    }
    if (!(entry.handle() instanceof BackendProcess process)) {
      return null;
    }
    String query = process.backend().activity().query();
    return query.isEmpty() ? null : query;
  }
}
