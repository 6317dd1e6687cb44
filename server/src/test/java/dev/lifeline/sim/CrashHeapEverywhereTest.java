package dev.lifeline.sim;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Crashes a workload on heap and B-tree at operations that change the disk, recovers, with another
/// crash in the middle of that, and checks. `-Dlifeline.sim.seed=N` repeats a run,
/// `-Dlifeline.sim.stride=1` crashes at every operation.
class CrashHeapEverywhereTest {
  private static final int TRANSACTIONS = Integer.getInteger("lifeline.sim.transactions", 60);
  private static final long SEED = Long.getLong("lifeline.sim.seed", 20260101L);
  private static final long STRIDE = Long.getLong("lifeline.sim.stride", 7L);

  private record Start(SimCluster cluster, SimBank bank) {
    static Start of(long seed, SimDisk.Sabotage sabotage) {
      SimCluster cluster = new SimCluster(seed, sabotage, true);
      cluster.start(0);
      SimBank bank = new SimBank(cluster);
      bank.prepare();
      cluster.shutDown();
      return new Start(cluster, bank);
    }

    void restart(long crashAt) {
      cluster.start(crashAt);
      bank.restarted();
    }

    void run(long crashAt) {
      try {
        restart(crashAt);
        bank.run(TRANSACTIONS);
      } catch (SimDisk.PowerFailure e) {
        // This is what the run was to come to.
      }
    }
  }

  static long operations(long seed) {
    Start start = Start.of(seed, SimDisk.Sabotage.NONE);
    start.run(0);
    start.bank().check();
    return start.cluster().operations();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void theWorkloadRunsWithoutACrash(long seed) {
    Start start = Start.of(seed, SimDisk.Sabotage.NONE);
    start.run(0);
    start.bank().check();
    start.cluster().shutDown();
    start.restart(0);
    start.bank().check();
  }

  @Test
  void nothingIsLostWhereverThePowerFails() {
    long operations = operations(SEED);
    assertTrue(operations > 100, "the workload is too small to prove anything: " + operations);
    for (long at = 1 + SEED % STRIDE; at <= operations; at += STRIDE) {
      try {
        crashAndCheck(SEED, at);
      } catch (AssertionError | RuntimeException e) {
        fail(
            "seed %d, power failure at operation %d; repeat with -Dlifeline.sim.seed=%d"
                .formatted(SEED, at, SEED),
            e);
      }
    }
  }

  /// `-Dlifeline.sim.seeds=N` tries more of them.
  @Test
  void randomSeedsCrashAtRandomPlaces() {
    long seeds = Long.getLong("lifeline.sim.seeds", 10L);
    for (long seed = SEED + 1; seed <= SEED + seeds; seed++) {
      long operations = operations(seed);
      for (long i = 1; i <= 5; i++) {
        long at = 1 + seed * 7919 * i % operations;
        try {
          crashAndCheck(seed, at);
        } catch (AssertionError | RuntimeException e) {
          fail("seed %d, power failure at operation %d".formatted(seed, at), e);
        }
      }
    }
  }

  private static void crashAndCheck(long seed, long at) {
    Start start = Start.of(seed, SimDisk.Sabotage.NONE);
    start.run(at);
    if (at % 3 == 0) {
      start.cluster().kill();
    } else {
      start.cluster().losePower();
    }
    try {
      start.cluster().start(1 + at % 23);
    } catch (SimDisk.PowerFailure e) {
      // Recovery has died as well; the next one begins on what that left.
    }
    start.cluster().losePower();
    start.restart(0);
    start.bank().check();
    start.bank().run(3);
    start.bank().check();
    start.cluster().losePower();
    start.restart(0);
    start.bank().check();
  }

  /// The test is able to fail.
  @ParameterizedTest
  @ValueSource(strings = {"SKIP_WAL_SYNC", "SKIP_DATA_SYNC"})
  void aPlantedDefectIsFound(String defect) {
    for (long seed = 1; seed <= 20; seed++) {
      for (long at = 20; at <= 300; at += 40) {
        try {
          Start start = Start.of(seed, SimDisk.Sabotage.valueOf(defect));
          start.run(at);
          start.cluster().losePower();
          start.restart(0);
          start.bank().check();
        } catch (AssertionError | RuntimeException found) {
          return;
        }
      }
    }
    fail("the defect " + defect + " was not found");
  }
}
