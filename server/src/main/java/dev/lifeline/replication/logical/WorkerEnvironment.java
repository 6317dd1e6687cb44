package dev.lifeline.replication.logical;

import dev.lifeline.events.Emitter;
import dev.lifeline.events.ReplicationEvent;
import dev.lifeline.events.Subject;
import dev.lifeline.libpq.client.PgConnector;
import dev.lifeline.replication.Replication;
import dev.lifeline.utils.Clock;
import dev.lifeline.utils.Timers;
import dev.lifeline.utils.activity.Counters;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.Severity;
import dev.lifeline.utils.error.SqlState;
import dev.lifeline.utils.guc.Guc;
import dev.lifeline.utils.guc.ServerConfig;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/// What a worker of a subscription finds when it is forked.
///
/// @param cause the event of its fork
/// @param log the server log
/// @param sessions opens its session
public record WorkerEnvironment(
    Subject subject,
    long cause,
    Clock clock,
    Timers timers,
    Emitter emitter,
    Consumer<PgException> log,
    Supplier<ServerConfig> config,
    Replication replication,
    Counters counters,
    PgConnector connector,
    Function<LogicalWorkers.Assignment, ApplySession> sessions) {
  int pid() {
    return subject.pid();
  }

  <T> T get(Guc<T> guc) {
    return config.get().get(guc);
  }

  LogicalWorkers workers() {
    return replication.workers();
  }

  void say(Severity severity, String message) {
    log.accept(new PgException(severity, SqlState.SUCCESSFUL_COMPLETION, message));
  }

  void emit(ReplicationEvent event) {
    emitter.emit(subject, event, cause);
  }
}
