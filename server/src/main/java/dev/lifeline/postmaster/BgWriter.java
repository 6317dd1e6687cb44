package dev.lifeline.postmaster;

import dev.lifeline.utils.guc.Gucs;
import io.vertx.core.Future;

/// Writes dirty buffers ahead of need, so that a backend that must evict a page finds a clean one.
///
/// Forked by the postmaster with the startup process, whose redo it leaves alone. It ends on
/// SIGTERM between two rounds, and nothing is lost by that: the checkpointer writes what it did
/// not. Its crash is a crash of the cluster.
final class BgWriter extends AuxiliaryProcess {
  BgWriter(ProcessEnvironment env) {
    super(env);
  }

  @Override
  protected Future<Void> work() {
    return env.sharedMemory().isRecovered()
        ? env.sharedMemory().backgroundWriterRound(env.subject())
        : Future.succeededFuture();
  }

  @Override
  protected long naptimeMs() {
    return env.get(Gucs.BGWRITER_DELAY);
  }
}
