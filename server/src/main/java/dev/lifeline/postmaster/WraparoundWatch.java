package dev.lifeline.postmaster;

import dev.lifeline.access.SharedMemory;
import dev.lifeline.access.transam.Transactions;
import dev.lifeline.utils.Timers;
import dev.lifeline.utils.guc.Gucs;
import dev.lifeline.utils.guc.ServerConfig;
import java.util.function.Supplier;

/// Looks after the age of the oldest xid where no autovacuum launcher does, because `autovacuum` or
/// `track_counts` is off: when it is older than `autovacuum_freeze_max_age`, a launcher is forked
/// all the same, which sends workers to the tables that need it and ends.
///
/// Once in `autovacuum_naptime`, on the postmaster's event loop.
final class WraparoundWatch {
  private static final long NANOS_PER_SECOND = 1_000_000_000;

  private final Timers timers;
  private final Supplier<ServerConfig> config;
  private final Supplier<Generation> generation;
  private final Runnable forkLauncher;
  private boolean begun;

  /// Does nothing yet.
  ///
  /// @param forkLauncher does nothing where there is one already
  WraparoundWatch(
      Timers timers,
      Supplier<ServerConfig> config,
      Supplier<Generation> generation,
      Runnable forkLauncher) {
    this.timers = timers;
    this.config = config;
    this.generation = generation;
    this.forkLauncher = forkLauncher;
  }

  /// The server is ready, for the first time or again.
  void begin() {
    if (!begun) {
      begun = true;
      timers.execute(this::look);
    }
  }

  private void look() {
    ServerConfig current = config.get();
    timers.schedule(current.get(Gucs.AUTOVACUUM_NAPTIME) * NANOS_PER_SECOND, this::look);
    SharedMemory memory = generation.get().sharedMemory();
    boolean watched = current.get(Gucs.AUTOVACUUM) && current.get(Gucs.TRACK_COUNTS);
    if (watched || !memory.isRecovered()) {
      return;
    }
    Transactions transactions = memory.transactions();
    long age = transactions.nextXid() - transactions.clog().oldestXid();
    if (age > current.get(Gucs.AUTOVACUUM_FREEZE_MAX_AGE)) {
      forkLauncher.run();
    }
  }
}
