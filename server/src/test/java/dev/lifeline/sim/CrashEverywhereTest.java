package dev.lifeline.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.lifeline.utils.error.PgException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Crashes a small workload at every single operation that changes the disk, recovers (with another
/// crash in the middle of it), and checks. `-Dlifeline.sim.seed=N` chooses the seed.
class CrashEverywhereTest {
  private static final int TRANSACTIONS = 25;
  private static final long SEED = Long.getLong("lifeline.sim.seed", 20260101L);

  /// What is broken on purpose.
  enum Defect {
    SKIP_WAL_SYNC,
    SKIP_DATA_SYNC,
    SKIP_DIRECTORY_SYNC,
    ACKNOWLEDGE_BEFORE_FLUSH,
    NO_FULL_PAGE_IMAGES
  }

  private static SimDisk.Sabotage sabotage(Defect defect) {
    return switch (defect) {
      case SKIP_WAL_SYNC -> SimDisk.Sabotage.SKIP_WAL_SYNC;
      case SKIP_DATA_SYNC -> SimDisk.Sabotage.SKIP_DATA_SYNC;
      case SKIP_DIRECTORY_SYNC -> SimDisk.Sabotage.SKIP_DIRECTORY_SYNC;
      case ACKNOWLEDGE_BEFORE_FLUSH, NO_FULL_PAGE_IMAGES -> SimDisk.Sabotage.NONE;
    };
  }

  /// A cluster whose workload is about to begin.
  private record Start(SimCluster cluster, SimTransfers transfers) {
    static Start of(long seed, SimDisk.Sabotage sabotage, boolean early, boolean fullPages) {
      SimCluster cluster = new SimCluster(seed, sabotage, fullPages);
      cluster.start(0);
      SimTransfers transfers = new SimTransfers(cluster, early);
      transfers.prepare();
      cluster.shutDown();
      return new Start(cluster, transfers);
    }

    /// Starts the server and lets the clients work until the power fails, or to the end.
    void run(long crashAt) {
      try {
        cluster.start(crashAt);
        transfers.run(TRANSACTIONS);
      } catch (SimDisk.PowerFailure e) {
        // This is what the run was to come to.
      }
    }
  }

  private static Start healthy(long seed) {
    return Start.of(seed, SimDisk.Sabotage.NONE, false, true);
  }

  @Test
  void theWorkloadRunsWithoutACrash() {
    Start start = healthy(SEED);
    start.run(0);
    start.transfers().check();
    start.cluster().shutDown();
    start.cluster().start(0);
    start.transfers().check();
  }

  @Test
  void theSameSeedDoesTheSame() {
    assertEquals(operations(SEED), operations(SEED));
  }

  private static long operations(long seed) {
    Start start = healthy(seed);
    start.run(0);
    start.transfers().check();
    return start.cluster().operations();
  }

  @Test
  void nothingIsLostWhereverThePowerFails() {
    long operations = operations(SEED);
    assertTrue(operations > 100, "the workload is too small to prove anything: " + operations);
    for (long at = 1; at <= operations; at++) {
      check(SEED, at);
    }
  }

  /// The server panics, is gone, and what it had not synced is lost with the power.
  @Test
  void nothingIsLostWhicheverSyncFails() {
    Start counted = healthy(SEED);
    counted.run(0);
    long syncs = counted.cluster().syncs();
    assertTrue(syncs > 50, "the workload is too small to prove anything: " + syncs);
    int panics = 0;
    for (long sync = 1; sync <= syncs; sync++) {
      Start start = healthy(SEED);
      SimCluster cluster = start.cluster();
      try {
        cluster.startWithFailingSync(sync);
        start.transfers().run(TRANSACTIONS);
      } catch (SimDisk.PowerFailure e) {
        // This is what the run was to come to.
      } catch (PgException e) {
        // Or the start itself has failed.
      }
      panics += cluster.panics();
      cluster.losePower();
      cluster.start(0);
      try {
        start.transfers().check();
      } catch (AssertionError e) {
        fail("sync %d of seed %d failed".formatted(sync, SEED), e);
      }
    }
    assertTrue(panics > syncs / 2, panics + " panics in " + syncs + " runs");
  }

  /// Other seeds, each with a few crashes: `-Dlifeline.sim.seeds=N` for more of them.
  @Test
  void nothingIsLostWithOtherSeeds() {
    int seeds = Integer.getInteger("lifeline.sim.seeds", 30);
    for (long seed = 1; seed <= seeds; seed++) {
      long operations = operations(seed);
      Random random = new Random(seed);
      for (int i = 0; i < 5; i++) {
        check(seed, 1 + random.nextLong(operations));
      }
    }
  }

  private static void check(long seed, long at) {
    try {
      crashAndCheck(seed, at);
    } catch (AssertionError | RuntimeException e) {
      fail(
          "seed %d, power failure at operation %d; repeat with -Dlifeline.sim.seed=%d"
              .formatted(seed, at, seed),
          e);
    }
  }

  private static void crashAndCheck(long seed, long at) {
    Start start = healthy(seed);
    SimCluster cluster = start.cluster();
    start.run(at);
    if (at % 3 == 0) {
      cluster.kill();
    } else {
      cluster.losePower();
    }
    crashDuringRecovery(cluster, 1 + at % 23);
    cluster.start(0);
    start.transfers().check();
    start.transfers().run(1);
    start.transfers().check();
    cluster.losePower();
    cluster.start(0);
    start.transfers().check();
  }

  private static void crashDuringRecovery(SimCluster cluster, long at) {
    try {
      cluster.start(at);
    } catch (SimDisk.PowerFailure e) {
      // Recovery has died as well; the next one begins on what that left.
    }
    cluster.losePower();
  }

  /// The simulator is able to fail: each of these defects must be found within the crashes of a
  /// run.
  @ParameterizedTest
  @EnumSource(Defect.class)
  void aPlantedDefectIsFound(Defect defect) {
    for (long seed = 1; seed <= 20; seed++) {
      for (long at = 3; at <= 400; at += 7) {
        if (isFound(defect, seed, at)) {
          return;
        }
      }
    }
    fail("the defect " + defect + " was not found");
  }

  private static boolean isFound(Defect defect, long seed, long at) {
    try {
      Start start =
          Start.of(
              seed,
              sabotage(defect),
              defect == Defect.ACKNOWLEDGE_BEFORE_FLUSH,
              defect != Defect.NO_FULL_PAGE_IMAGES);
      start.run(at);
      start.cluster().losePower();
      start.cluster().start(0);
      start.transfers().check();
      return false;
    } catch (AssertionError | RuntimeException found) {
      return true;
    }
  }
}
