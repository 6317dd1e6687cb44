package dev.lifeline.postmaster;

import dev.lifeline.events.VacuumEvent;
import dev.lifeline.postmaster.Autovacuum.Target;
import dev.lifeline.utils.guc.Gucs;
import io.vertx.core.Future;
import java.util.List;
import java.util.function.LongConsumer;

/// Decides when a database needs an autovacuum worker, and asks the postmaster to fork one.
///
/// Forked by the postmaster when the server is ready or a reload turns `autovacuum` on; ends when
/// one turns it off. Where it is off, when [WraparoundWatch] finds too old an xid: then it looks
/// once at each database and ends. Every database has its turn once in `autovacuum_naptime`
/// ([AutovacuumTurns]). A worker is forked only where some table is over its thresholds and there
/// are fewer than `autovacuum_max_workers`. The launcher never touches a table itself, so its end
/// loses nothing; another one is forked. Its crash is a crash of the cluster like that of every
/// process that sees shared memory.
final class AutovacuumLauncher extends AuxiliaryProcess {
  /// However many databases there are, it sleeps so long between two of them.
  private static final long NAPTIME_MS_MIN = 100;

  private static final long NANOS_PER_SECOND = 1_000_000_000;

  private final Autovacuum autovacuum;
  private final AutovacuumWorkers workers;
  private final LongConsumer forkWorker;

  private final AutovacuumTurns turns = new AutovacuumTurns();
  private int databases = 1;

  /// Whether it is there because of an old xid only.
  private final boolean emergency;

  /// @param forkWorker takes the sequence of the event that asks for it
  AutovacuumLauncher(
      ProcessEnvironment env,
      Autovacuum autovacuum,
      AutovacuumWorkers workers,
      LongConsumer forkWorker) {
    super(env);
    this.autovacuum = autovacuum;
    this.workers = workers;
    this.forkWorker = forkWorker;
    this.emergency = !active();
  }

  @Override
  protected Future<Void> work() {
    if (!emergency && !active()) {
      stop(); // a reload has turned it off
      return Future.succeededFuture();
    }
    return autovacuum
        .databases()
        .compose(this::turns)
        .onSuccess(waits -> {
          if (emergency && !waits) {
            stop();
          }
        })
        .mapEmpty();
  }

  /// Whether tables are done for other reasons than the age of their xids.
  private boolean active() {
    return env.get(Gucs.AUTOVACUUM) && env.get(Gucs.TRACK_COUNTS);
  }

  /// Gives the databases whose time has come their turn, until one of them needs a worker: whether
  /// one did, so that others may still wait.
  private Future<Boolean> turns(List<Target> found) {
    databases = Math.max(1, found.size());
    long now = env.clock().nanoTime();
    long naptime = env.get(Gucs.AUTOVACUUM_NAPTIME) * NANOS_PER_SECOND;
    Future<Boolean> launched = Future.succeededFuture(false);
    for (Target target : turns.due(found, now, naptime)) {
      launched = launched.compose(done -> done ? Future.succeededFuture(true) : turn(target, now));
    }
    return launched;
  }

  private Future<Boolean> turn(Target target, long now) {
    return autovacuum
        .due(target.databaseOid())
        .map(tables -> {
          if (tables.isEmpty()) {
            turns.had(target, now);
            return false;
          }
          if (!workers.start(target, Math.toIntExact(env.get(Gucs.AUTOVACUUM_MAX_WORKERS)))) {
            return true;
          }
          turns.had(target, now);
          long sequence =
              env.emitter()
                  .emit(
                      env.subject(),
                      new VacuumEvent.WorkerLaunched(target.name()),
                      env.forkSequence());
          forkWorker.accept(sequence);
          return true;
        });
  }

  @Override
  protected long naptimeMs() {
    return Math.max(NAPTIME_MS_MIN, env.get(Gucs.AUTOVACUUM_NAPTIME) * 1000 / databases);
  }
}
