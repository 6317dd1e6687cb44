package dev.lifeline.postmaster;

import dev.lifeline.events.Emitter;
import dev.lifeline.events.FaultEvent;
import java.util.Comparator;

/// Deaths that somebody asks for. Each is told as a fault first, so that a drill never looks like
/// an accident.
final class Drills {
  private final Emitter emitter;
  private final ProcessTable table;

  Drills(Emitter emitter, ProcessTable table) {
    this.emitter = emitter;
    this.table = table;
  }

  /// A drill from the dashboard; see [PostmasterVerticle#crash].
  long crash(boolean worker, int pid, String injectedBy) {
    ProcessTable.Entry victim =
        table.all().stream()
            .filter(entry -> entry.handle() instanceof BackendProcess != worker)
            .filter(entry -> pid == 0 || entry.pid() == pid)
            .min(Comparator.comparingInt(ProcessTable.Entry::pid))
            .orElseThrow(() ->
                new IllegalArgumentException(
                    pid == 0
                        ? "there is no client backend that could be crashed"
                        : "PID " + pid + " is not such a process"));
    return kill(victim, injectedBy);
  }

  /// The process dies as if it had been killed.
  ///
  /// @return the sequence of the fault's event
  long kill(ProcessTable.Entry victim, String injectedBy) {
    long fault =
        emitter.emit(
            victim.subject(),
            new FaultEvent.Injected("crash_backend", victim.subject().toString(), injectedBy),
            0);
    victim.markDrill();
    victim.setEndCause(fault);
    if (victim.handle() instanceof BackendProcess backend) {
      backend.crash();
    } else {
      victim.handle().signal(ProcessSignal.SIGKILL, false);
    }
    return fault;
  }
}
