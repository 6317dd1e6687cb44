package dev.lifeline.postmaster;

import dev.lifeline.postmaster.Autovacuum.Task;
import dev.lifeline.postmaster.Autovacuum.Work;
import dev.lifeline.utils.AsyncLoop;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Vacuums and analyzes the tables of one database that are over their thresholds, one after the
/// other, and ends.
///
/// Forked by the postmaster when the launcher asks for it. An ERROR (a table that was dropped
/// meanwhile, somebody who wants a lock on it) ends the work on that table only. SIGINT cancels
/// that table, SIGTERM the worker; both between two steps of the vacuum, so nothing is left
/// half-done.
final class AutovacuumWorker implements ServerProcess {
  private final ProcessEnvironment env;
  private final Autovacuum autovacuum;
  private final AutovacuumWorkers workers;
  private final Promise<ExitStatus> ended = Promise.promise();
  private boolean stopping;
  private @Nullable Task task;

  AutovacuumWorker(ProcessEnvironment env, Autovacuum autovacuum, AutovacuumWorkers workers) {
    this.env = env;
    this.autovacuum = autovacuum;
    this.workers = workers;
  }

  @Override
  public Future<Void> start() {
    env.timers().execute(this::run);
    return Future.succeededFuture();
  }

  private void run() {
    Autovacuum.Target database = workers.began(env.pid(), env.clock().epochMicros());
    Future<Void> all =
        database == null
            ? Future.succeededFuture()
            : autovacuum.due(database.databaseOid()).compose(this::tables);
    all.onComplete(
        done -> end(done.succeeded() ? ExitStatus.OK : ExitStatus.crashed(done.cause())));
  }

  private Future<Void> tables(List<Work> due) {
    Iterator<Work> rest = due.iterator();
    return AsyncLoop.whileTrue(() -> {
      if (!rest.hasNext() || stopping || ended.future().isComplete()) {
        return Future.succeededFuture(false);
      }
      return table(rest.next()).map(true);
    });
  }

  private Future<Void> table(Work found) {
    if (!workers.claim(env.pid(), found, env.clock().epochMicros())) {
      return Future.succeededFuture();
    }
    return autovacuum
        .again(found)
        .compose(this::process)
        .recover(this::report)
        .eventually(() -> {
          task = null;
          workers.release(env.pid());
          return Future.succeededFuture();
        });
  }

  private Future<Void> process(@Nullable Work work) {
    if (work == null || stopping) {
      return Future.succeededFuture();
    }
    Task begun =
        autovacuum.begin(
            new Autovacuum.Worker(env.pid(), env.forkSequence(), workers.active()), work);
    task = begun;
    return begun.done();
  }

  /// An error ends the work on its table; anything else is a crash.
  private Future<Void> report(Throwable failure) {
    if (failure instanceof PgException error) {
      env.report(error);
      return Future.succeededFuture();
    }
    return Future.failedFuture(failure);
  }

  @Override
  public void signal(ProcessSignal signal) {
    switch (signal) {
      case SIGTERM -> {
        stopping = true;
        cancel(
            PgException.fatal(
                SqlState.ADMIN_SHUTDOWN,
                "terminating autovacuum process due to administrator command"));
      }
      case SIGQUIT -> end(ExitStatus.QUIT);
      // Who is killed puts nothing in order: the postmaster tells what it was doing.
      case SIGKILL -> ended.tryComplete(ExitStatus.killed(null));
      case SIGINT ->
          cancel(PgException.error(SqlState.QUERY_CANCELED, "canceling autovacuum task"));
      case SIGHUP, SIGUSR2 -> {}
    }
  }

  private void cancel(PgException reason) {
    Task current = task;
    if (current != null) {
      current.cancel(reason);
    }
  }

  private void end(ExitStatus status) {
    if (ended.tryComplete(status)) {
      workers.ended(env.pid());
    }
  }

  @Override
  public Future<ExitStatus> ended() {
    return ended.future();
  }
}
