package dev.lifeline.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The whole server, from the postmaster to the wire, in one thread and virtual time: what it
/// promised is kept whatever the disk, the clients and its own processes do. More seeds:
/// `deploy/load-test/simulate`, or `-Dlifeline.sim.seeds=N`.
class SimulatorTest {
  private static final int SEEDS = Integer.getInteger("lifeline.sim.seeds", 200);

  @Test
  void promisesAreKept() {
    for (long seed = 1; seed <= SEEDS; seed++) {
      check(seed);
    }
  }

  /// Seeds that have found something.
  @ParameterizedTest
  @ValueSource(
      longs = {
        403, // VACUUM cut off a catalog's page while a row was put there
        2282, // CREATE INDEX left out a row whose heap-only update had been rolled back
        96, // VACUUM cut off a page of long values while one was put there
        7411, // a checkpoint went on in memory that was gone
        10235, // so did one that was between two writes
        1742, // a WAL that could not be synced while the server was shutting down: it hung
        380, // a checkpoint whose pause was cut short wrote on from memory that was gone
        444, // a backend that looked at the length of a file of an abandoned disk never ended
        91 // a panic of memory that was gone killed the checkpointer of the next
      })
  void onceFailed(long seed) {
    check(seed);
  }

  private static void check(long seed) {
    Throwable failure = Simulate.run(seed, Sabotage.NONE);
    if (failure != null) {
      fail("seed %d: replay it with deploy/load-test/simulate --seed %<d".formatted(seed), failure);
    }
  }

  @Test
  void theSameSeedDoesTheSame() {
    for (long seed = 1; seed <= 3; seed++) {
      assertEquals(trace(seed), trace(seed));
    }
  }

  private static List<String> trace(long seed) {
    List<String> trace = new ArrayList<>();
    Throwable failure = Simulate.run(seed, Sabotage.NONE, trace);
    if (failure != null) {
      fail("seed " + seed, failure);
    }
    return trace;
  }
}
