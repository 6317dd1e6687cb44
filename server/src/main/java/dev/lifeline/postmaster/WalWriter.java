package dev.lifeline.postmaster;

import dev.lifeline.utils.guc.Gucs;
import io.vertx.core.Future;

/// Flushes WAL in the background, so that what an asynchronous commit (`synchronous_commit=off`)
/// promised is on disk soon, and that a synchronous one finds less to write.
///
/// Forked by the postmaster when the server is ready. It flushes every `wal_writer_delay`. It ends
/// on SIGTERM; what it did not flush the shutdown checkpoint does. Its crash is a crash of the
/// cluster.
final class WalWriter extends AuxiliaryProcess {
  WalWriter(ProcessEnvironment env) {
    super(env);
    env.sharedMemory().setFlusher(env.subject());
  }

  @Override
  protected Future<Void> work() {
    return env.sharedMemory().walWriterRound();
  }

  @Override
  protected long naptimeMs() {
    return env.get(Gucs.WAL_WRITER_DELAY);
  }
}
