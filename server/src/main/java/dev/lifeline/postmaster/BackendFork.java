package dev.lifeline.postmaster;

import dev.lifeline.events.ProcessEvent;
import dev.lifeline.events.Subject;
import dev.lifeline.tcop.Backend;
import dev.lifeline.tcop.CanAcceptConnections;
import dev.lifeline.utils.Timers;
import java.util.random.RandomGenerator;

/// Forks client backends: PostgreSQL's `BackendStartup`. Used by the acceptors, each on its own
/// event loop.
final class BackendFork {
  private final PostmasterEnvironment env;
  private final Postmaster postmaster;
  private final ProcessTable table;
  private final RandomGenerator random;

  /// @param random of the cancel keys; must not be guessable, and is used by several threads
  BackendFork(
      PostmasterEnvironment env,
      Postmaster postmaster,
      ProcessTable table,
      RandomGenerator random) {
    this.env = env;
    this.postmaster = postmaster;
    this.table = table;
    this.random = random;
  }

  /// Forks a backend for a client, on the event loop of the client's channel.
  ///
  /// @param timers of that event loop
  BackendProcess fork(BackendChannel channel, Timers timers) {
    Postmaster.Admission admission = postmaster.admission();
    int pid = table.nextPid();
    Subject subject = new Subject(ProcessType.CLIENT_BACKEND.backendType(), pid);
    long began = env.clock().nanoTime();
    long sequence = env.emitter().emit(subject, new ProcessEvent.Forked(env.osPid()), 0);
    BackendHooks hooks =
        new BackendHooks(admission.canAccept(), postmaster, table, postmaster.slots());
    Backend backend =
        new Backend(
            admission.generation().environment(timers, hooks), channel, pid, random.nextInt());
    BackendProcess process = new BackendProcess(backend, channel, timers);
    ProcessTable.Entry entry =
        new ProcessTable.Entry(pid, ProcessType.CLIENT_BACKEND, began, sequence, process);
    table.add(entry);
    if (admission.canAccept() == CanAcceptConnections.OK) {
      postmaster.backendForked(entry);
    }
    process.ended().future().onSuccess(status -> postmaster.processExited(pid, status));
    process.start();
    return process;
  }
}
