package dev.lifeline.postmaster;

import dev.lifeline.utils.guc.Gucs;
import io.vertx.core.Future;
import java.util.List;

/// Decides when a database needs an autovacuum worker, and asks the postmaster to fork one.
///
/// Forked by the postmaster when the server is ready, where `autovacuum` is on. It looks every
/// `autovacuum_naptime` for tables whose dead or changed tuples are over their thresholds. It never
/// touches a table itself, so its end loses nothing; another one is forked. Its crash is a crash of
/// the cluster like that of every process that sees shared memory.
final class AutovacuumLauncher extends AuxiliaryProcess {
  private final Autovacuum autovacuum;
  private final AutovacuumQueue queue;
  private final Runnable forkWorker;

  AutovacuumLauncher(
      ProcessEnvironment env, Autovacuum autovacuum, AutovacuumQueue queue, Runnable forkWorker) {
    super(env);
    this.autovacuum = autovacuum;
    this.queue = queue;
    this.forkWorker = forkWorker;
  }

  @Override
  protected Future<Void> work() {
    if (!env.get(Gucs.AUTOVACUUM)) {
      return Future.succeededFuture();
    }
    return autovacuum.due().onSuccess(this::launch).mapEmpty();
  }

  private void launch(List<Autovacuum.Work> due) {
    int workers = Math.toIntExact(env.get(Gucs.AUTOVACUUM_MAX_WORKERS));
    for (int i = queue.offer(due, workers); i > 0; i--) {
      forkWorker.run();
    }
  }

  @Override
  protected long naptimeMs() {
    return env.get(Gucs.AUTOVACUUM_NAPTIME) * 1000;
  }
}
