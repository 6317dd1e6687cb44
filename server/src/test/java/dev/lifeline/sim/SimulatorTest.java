package dev.lifeline.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

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
