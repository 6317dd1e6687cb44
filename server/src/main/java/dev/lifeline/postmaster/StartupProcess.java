package dev.lifeline.postmaster;

import dev.lifeline.access.StatisticsFile;
import dev.lifeline.access.transam.ControlData;
import dev.lifeline.access.transam.RecoveryEnded;
import dev.lifeline.access.transam.RecoveryListener;
import dev.lifeline.events.Lsn;
import dev.lifeline.utils.CpuUsage;
import dev.lifeline.utils.error.LogTime;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.Severity;
import dev.lifeline.utils.guc.Gucs;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Locale;
import java.util.function.Function;

/// Brings the data directory to a consistent state: repeats the WAL since the last checkpoint where
/// the server did not end in good order.
///
/// The postmaster forks it first, at the start and after every crash, and accepts no session before
/// it has ended with code 0. It also takes over the cumulative statistics of a server that was shut
/// down in good order, and discards them otherwise. There is nothing to end in good order: SIGTERM
/// and SIGQUIT end it where it is, and the next start begins the redo anew. Its crash means that
/// the server cannot start.
final class StartupProcess implements ServerProcess {
  private final ProcessEnvironment env;
  private final Function<String, Future<Integer>> shell;
  private final Runnable recoveryStarted;
  private final Promise<ExitStatus> ended = Promise.promise();

  /// @param shell runs the commands of an archive recovery
  /// @param recoveryStarted tells the postmaster that there is WAL to be repeated
  StartupProcess(
      ProcessEnvironment env, Function<String, Future<Integer>> shell, Runnable recoveryStarted) {
    this.env = env;
    this.shell = shell;
    this.recoveryStarted = recoveryStarted;
  }

  @Override
  public Future<Void> start() {
    env.sharedMemory().setRecovery(RecoveryParameters.of(env.config(), shell));
    env.sharedMemory()
        .recover(env.subject(), new Report())
        .compose(report -> statistics(!report.needed()))
        .onComplete(done -> {
          if (done.succeeded()) {
            ended.tryComplete(ExitStatus.OK);
          } else if (!ended.future().isComplete()) {
            failed(done.cause());
          }
        });
    return Future.succeededFuture();
  }

  /// Statistics that cannot be read are no reason not to start.
  private Future<Void> statistics(boolean clean) {
    return StatisticsFile.restore(env.sharedMemory(), clean)
        .recover(failure -> {
          env.log(String.valueOf(failure.getMessage()));
          return Future.succeededFuture();
        });
  }

  private void failed(Throwable cause) {
    if (cause instanceof RecoveryEnded end) {
      ended.tryComplete(new ExitStatus(end.exitCode(), 0, null));
      return;
    }
    if (cause instanceof PgException error) {
      env.report(atLeastFatal(error));
    }
    ended.tryComplete(ExitStatus.failed(cause));
  }

  /// What is an ERROR elsewhere is the end of a start.
  private static PgException atLeastFatal(PgException error) {
    if (error.severity() == Severity.PANIC) {
      return error;
    }
    PgException fatal = PgException.fatal(error.sqlState(), "%s", error.message());
    if (error.detail() != null) {
      fatal.detail("%s", error.detail());
    }
    if (error.hint() != null) {
      fatal.hint("%s", error.hint());
    }
    return fatal;
  }

  @Override
  public void signal(ProcessSignal signal) {
    switch (signal) {
      case SIGTERM -> ended.tryComplete(ExitStatus.FATAL);
      case SIGQUIT -> ended.tryComplete(ExitStatus.QUIT);
      case SIGKILL -> ended.tryComplete(ExitStatus.killed(null));
      case SIGHUP, SIGINT, SIGUSR2 -> {}
    }
  }

  @Override
  public Future<ExitStatus> ended() {
    return ended.future();
  }

  /// What it says while it works, in PostgreSQL's words.
  private final class Report implements RecoveryListener {
    private CpuUsage before = env.clock().cpuUsage();

    @Override
    public void found(ControlData control) {
      String zone = env.get(Gucs.LOG_TIMEZONE);
      String time = LogTime.seconds(control.timeMicros(), zone);
      switch (control.state()) {
        case SHUT_DOWN -> env.log("database system was shut down at " + time);
        case SHUT_DOWN_IN_RECOVERY ->
            env.log("database system was shut down in recovery at " + time);
        case SHUTTING_DOWN ->
            env.log("database system shutdown was interrupted; last known up at " + time);
        case IN_ARCHIVE_RECOVERY ->
            env.report(
                PgException.log(
                        "database system was interrupted while in recovery at log time " + time)
                    .hint(
                        "If this has occurred more than once some data might be corrupted and you"
                            + " might need to choose an earlier recovery target."));
        case IN_CRASH_RECOVERY ->
            env.report(
                PgException.log("database system was interrupted while in recovery at " + time)
                    .hint(
                        "This probably means that some data is corrupted and you will have to use"
                            + " the last backup for recovery."));
        case STARTUP, IN_PRODUCTION ->
            env.log("database system was interrupted; last known up at " + time);
      }
    }

    @Override
    public void recoveryBegins() {
      env.log("database system was not properly shut down; automatic recovery in progress");
    }

    @Override
    public void redoStarts(long lsn) {
      recoveryStarted.run();
      before =
          env.clock().cpuUsage(); // here, because the process may have been made on another thread
      env.log("redo starts at " + Lsn.format(lsn));
    }

    @Override
    public void redoInProgress(long lsn, long elapsedNanos) {
      env.log(
          String.format(
              Locale.ROOT,
              "redo in progress, elapsed time: %.2f s, current LSN: %s",
              elapsedNanos / 1e9,
              Lsn.format(lsn)));
    }

    @Override
    public void endOfWal(String reason) {
      env.log(reason);
    }

    @Override
    public void redoDone(long lastRecordLsn, long elapsedNanos) {
      String usage = env.clock().cpuUsage().since(before, elapsedNanos);
      env.log("redo done at " + Lsn.format(lastRecordLsn) + " system usage: " + usage);
    }

    @Override
    public void redoNotRequired() {
      recoveryStarted.run();
      env.log("redo is not required");
    }

    @Override
    public void report(PgException message) {
      env.report(message);
    }

    @Override
    public void orphanRemoved(String path) {
      env.log("removed orphaned file \"" + path + "\"");
    }
  }
}
