package dev.lifeline.storage.ipc;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Threads that do the same things at the same time, to see whether something that must hold in any
/// order of them does.
///
/// `-Dlifeline.race.ms=60000` gives each race more time.
public final class Race {
  private static final long MS = Long.getLong("lifeline.race.ms", 300);

  /// How long a planted defect may take to be found.
  private static final long MUTANT_MS = 20_000;

  /// What one thread does, over and over.
  public interface Racer {
    void lap() throws Exception;
  }

  private final List<Racer> racers = new ArrayList<>();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

  public Race with(Racer racer) {
    racers.add(racer);
    return this;
  }

  /// Runs for the usual time; fails as the first of them fails.
  public void run() throws Exception {
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(MS);
    run(() -> System.nanoTime() > until);
    Throwable failed = failure.get();
    if (failed != null) {
      throw new AssertionError(failed.getMessage(), failed);
    }
  }

  /// Runs until one of them fails: whether one has.
  public boolean isLost() throws Exception {
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(MUTANT_MS);
    run(() -> System.nanoTime() > until);
    return failure.get() != null;
  }

  private void run(BooleanSupplier over) throws Exception {
    CyclicBarrier start = new CyclicBarrier(racers.size());
    List<Thread> threads = new ArrayList<>();
    for (Racer racer : racers) {
      Thread thread =
          Thread.ofPlatform()
              .daemon()
              .start(() -> {
                try {
                  start.await();
                  while (failure.get() == null && !over.getAsBoolean()) {
                    racer.lap();
                  }
                } catch (Throwable e) {
                  failure.compareAndSet(null, e);
                }
              });
      threads.add(thread);
    }
    for (Thread thread : threads) {
      thread.join(MUTANT_MS + MS);
      if (thread.isAlive()) {
        failure.compareAndSet(null, new AssertionError("a thread never comes back"));
      }
    }
  }

  public static void check(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }
}
