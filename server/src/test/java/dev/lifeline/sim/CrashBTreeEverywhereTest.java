package dev.lifeline.sim;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.lifeline.access.heap.HeapAccess;
import dev.lifeline.access.index.BulkDelete;
import dev.lifeline.access.index.DeadTids;
import dev.lifeline.access.index.UniqueCheck;
import dev.lifeline.access.nbtree.BTree;
import dev.lifeline.access.nbtree.BTreeAccess;
import dev.lifeline.access.nbtree.BTreeVerifier;
import dev.lifeline.access.transam.IsolationLevel;
import dev.lifeline.access.transam.Xact;
import dev.lifeline.events.Subject;
import dev.lifeline.storage.ipc.Proc;
import dev.lifeline.storage.smgr.RelFileLocator;
import dev.lifeline.utils.Retry;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/// An index whose pages are split, emptied, taken out of the tree and used again all the time, and
/// a power failure at operations that change the disk. Afterwards the tree is in order, has every
/// entry whose transaction was acknowledged and that no vacuum has begun to remove, and none that a
/// finished vacuum has removed.
///
/// `-Dlifeline.sim.seed=N` repeats a run, `-Dlifeline.sim.stride=1` crashes at every operation.
class CrashBTreeEverywhereTest {
  private static final long SEED = Long.getLong("lifeline.sim.seed", 20260102L);
  private static final long STRIDE = Long.getLong("lifeline.sim.stride", 13L);
  private static final RelFileLocator FILE = new RelFileLocator(5, 20_101);
  private static final int CYCLES = 8;
  private static final int EACH = 40;

  /// One cluster with its index, and what is known of it for certain.
  private static final class Run {
    final SimCluster cluster;
    final Random random;
    final Set<Integer> there = new HashSet<>();
    final Set<Integer> inDoubt = new HashSet<>();
    private final Set<Integer> removed = new HashSet<>();
    int next;
    int deletedPages;
    int blocks;

    Run(long seed) {
      random = new Random(seed);
      cluster = new SimCluster(seed, SimDisk.Sabotage.NONE, true);
      cluster.start(0);
      BTreeAccess btrees = access();
      Proc proc = proc(1);
      Xact xact = begin(proc);
      await(() -> {
        cluster.shared().storage().create(xact, FILE);
        return true;
      });
      await(() -> {
        btrees.initialize(xact, FILE);
        return true;
      });
      cluster.scheduler().await(xact.commit());
      cluster.shutDown();
    }

    private BTreeAccess access() {
      return new BTreeAccess(new HeapAccess(cluster.shared()));
    }

    private static BTree open(BTreeAccess btrees) {
      return btrees.open(FILE, 20_101, btrees.heap().open(new RelFileLocator(5, 20_100), 1, 100));
    }

    private Proc proc(int pid) {
      return cluster.shared().transactions().register(new Subject("client backend", pid), 5);
    }

    private Xact begin(Proc proc) {
      Xact xact = cluster.shared().transactions().begin(proc, IsolationLevel.READ_COMMITTED, false);
      xact.xid();
      return xact;
    }

    private <T> T await(Supplier<T> operation) {
      return cluster.scheduler().await(Retry.call(operation));
    }

    /// Adds entries at one end, as a queue does, and some anywhere; removes old ones.
    void work(int cycles) {
      BTree tree = open(access());
      Proc proc = proc(2);
      for (int cycle = 0; cycle < cycles; cycle++) {
        Set<Integer> added = new HashSet<>();
        Xact xact = begin(proc);
        for (int i = 0; i < EACH; i++) {
          int value = next++;
          added.add(value);
          inDoubt.add(value);
          await(() -> tree.insert(xact, key(value), tid(value), UniqueCheck.NO));
        }
        cluster.scheduler().await(xact.commit());
        inDoubt.removeAll(added);
        there.addAll(added);
        vacuum(tree);
        Xact marker = begin(proc);
        cluster.scheduler().await(marker.commit());
        removed.forEach(inDoubt::remove);
        removed.clear();
        blocks = await(tree::blocks);
      }
      cluster.shared().transactions().unregister(proc);
    }

    private void vacuum(BTree tree) {
      DeadTids dead = new DeadTids();
      int keepFrom = next - EACH - random.nextInt(EACH);
      for (int value : Set.copyOf(there)) {
        if (value < keepFrom && value % 97 != 0) {
          dead.add(tid(value));
          removed.add(value);
          inDoubt.add(value);
          there.remove(value);
        }
      }
      BulkDelete pass = tree.bulkDelete(dead);
      await(() -> {
        while (pass.step()) {}
        return true;
      });
      deletedPages += pass.deletedPages();
    }

    void check() {
      BTree tree = open(access());
      BTreeVerifier verifier = new BTreeVerifier(tree);
      await(() -> {
        while (verifier.step()) {}
        return true;
      });
      if (!verifier.problems().isEmpty()) {
        throw new AssertionError(String.join("\n", verifier.problems()));
      }
      Set<Integer> found = new HashSet<>();
      for (BTreeVerifier.Entry entry : verifier.entries()) {
        found.add(ByteBuffer.wrap(entry.key()).getInt(1));
      }
      if (!found.containsAll(there)) {
        throw new AssertionError("entries are lost");
      }
      found.removeAll(there);
      found.removeAll(inDoubt);
      if (!found.isEmpty()) {
        throw new AssertionError("removed entries are back: " + found);
      }
      // From now on it is certain.
      for (BTreeVerifier.Entry entry : verifier.entries()) {
        int value = ByteBuffer.wrap(entry.key()).getInt(1);
        there.add(value);
        next = Math.max(next, value + 1);
      }
      inDoubt.clear();
      removed.clear();
    }
  }

  /// Big keys, so that few entries make many pages.
  private static byte[] key(int value) {
    return ByteBuffer.allocate(1200).put((byte) 2).putInt(value).array();
  }

  private static long tid(int value) {
    return (value + 1L) << 16 | 1;
  }

  private static long operations(long seed) {
    Run run = new Run(seed);
    run.cluster.start(0);
    run.work(CYCLES);
    run.check();
    assertTrue(run.deletedPages > 20, "pages deleted: " + run.deletedPages);
    assertTrue(run.blocks < 60, "the index has grown to " + run.blocks + " blocks");
    return run.cluster.operations();
  }

  private static void crashAndCheck(long seed, long at) {
    Run run = new Run(seed);
    try {
      run.cluster.start(at);
      run.work(CYCLES);
    } catch (SimDisk.PowerFailure e) {
      // This is what the run was to come to.
    }
    if (at % 3 == 0) {
      run.cluster.kill();
    } else {
      run.cluster.losePower();
    }
    try {
      run.cluster.start(1 + at % 23);
    } catch (SimDisk.PowerFailure e) {
      // Recovery has died as well; the next one begins on what that left.
    }
    run.cluster.losePower();
    run.cluster.start(0);
    run.check();
    run.work(2);
    run.check();
    run.cluster.losePower();
    run.cluster.start(0);
    run.check();
  }

  @Test
  void theTreeIsWholeWhereverThePowerFails() {
    for (long seed = SEED; seed < SEED + 3; seed++) {
      long operations = operations(seed);
      for (long at = 1 + seed % STRIDE; at <= operations; at += STRIDE) {
        try {
          crashAndCheck(seed, at);
        } catch (AssertionError | RuntimeException e) {
          fail("seed %d, power failure at operation %d".formatted(seed, at), e);
        }
      }
    }
  }
}
