package dev.lifeline.storage.lmgr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.events.Emitter;
import dev.lifeline.events.Subject;
import dev.lifeline.storage.ipc.Race;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Weak locks by the fast path against strong ones by the table, on one relation.
class FastPathRaceTest {
  private static final int RELATION = 16_384;

  private final VirtualTime time = new VirtualTime();
  private final LockManager locks = new LockManager(time, Emitter.NONE);

  /// Two numbers that whoever holds a strong lock changes, and whoever holds a weak one reads.
  private final long[] table = new long[2];

  private LockOwner owner(int pid) {
    return locks.attach(pid, new Subject("client backend", pid), time);
  }

  /// @param database where the strong one locks: in another one it does not keep anybody out
  private Race race(int database) {
    Race race = new Race();
    for (int i = 0; i < 3; i++) {
      LockOwner owner = owner(100 + i);
      LockMode mode = i == 0 ? LockMode.ROW_EXCLUSIVE : LockMode.ACCESS_SHARE;
      race.with(() -> {
        if (locks.tryLockRelation(owner, 5, RELATION, mode)) {
          boolean same = table[0] == table[1];
          locks.releaseAll(owner);
          Race.check(same, "a weak lock was held beside a strong one");
        }
      });
    }
    LockOwner strong = owner(200);
    return race.with(() -> {
      if (locks.tryLockRelation(strong, database, RELATION, LockMode.ACCESS_EXCLUSIVE)) {
        table[0]++;
        Thread.onSpinWait();
        table[1] = table[0];
        locks.releaseAll(strong);
      }
    });
  }

  @Test
  void aStrongLockIsHeldAlone() throws Exception {
    race(5).run();
    assertEquals(List.of(), locks.list());
    assertTrue(table[0] > 0);
  }

  @Test
  void aStrongLockOnSomethingElseIsFound() throws Exception {
    assertTrue(race(6).isLost());
  }
}
