package dev.lifeline.postmaster;

import dev.lifeline.access.SharedMemory;
import dev.lifeline.events.Emitter;
import dev.lifeline.events.LifecycleEvent;
import dev.lifeline.events.Subject;
import dev.lifeline.utils.Clock;
import dev.lifeline.utils.Timers;
import dev.lifeline.utils.error.LogProcess;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.ServerLog;
import dev.lifeline.utils.guc.Guc;
import dev.lifeline.utils.guc.ServerConfig;
import java.util.function.Supplier;

/// What a process finds when it is forked.
///
/// @param timers of its event loop
/// @param config the server's current parameters
/// @param sharedMemory of its generation
/// @param logProcess how it calls itself in the log
/// @param forkSequence of the event that tells of its fork: the cause of what it does first
record ProcessEnvironment(
    ProcessType type,
    int pid,
    long forkSequence,
    Clock clock,
    Timers timers,
    Emitter emitter,
    ServerLog log,
    LogProcess logProcess,
    Supplier<ServerConfig> config,
    SharedMemory sharedMemory) {

  Subject subject() {
    return new Subject(type.backendType(), pid);
  }

  long emit(LifecycleEvent event) {
    return emitter.emit(subject(), event, 0);
  }

  <T> T get(Guc<T> guc) {
    return config.get().get(guc);
  }

  void report(PgException message) {
    log.report(logProcess, message, null);
  }

  void log(String message) {
    log.log(logProcess, message);
  }
}
