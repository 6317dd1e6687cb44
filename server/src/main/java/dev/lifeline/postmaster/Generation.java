package dev.lifeline.postmaster;

import dev.lifeline.access.SharedMemory;
import dev.lifeline.libpq.AuthCatalog;
import dev.lifeline.tcop.BackendEnvironment;
import dev.lifeline.tcop.PostmasterHooks;
import dev.lifeline.utils.Timers;
import io.vertx.core.Future;

/// Shared memory, and what works upon it: made at the start, and anew after every crash.
public interface Generation {
  SharedMemory sharedMemory();

  AuthCatalog authCatalog();

  /// What a backend that is forked now finds.
  BackendEnvironment environment(Timers timers, PostmasterHooks postmaster);

  /// The startup process's work is done: the catalogs can be read.
  default Future<Void> recovered() {
    return Future.succeededFuture();
  }

  /// What the autovacuum processes do in it.
  Autovacuum autovacuum();
}
