package dev.lifeline.postmaster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.postmaster.Autovacuum.Target;
import org.junit.jupiter.api.Test;

/// What launcher and workers agree on.
class AutovacuumWorkersTest {
  private static final Target POSTGRES = new Target(5, "postgres", 3, false);
  private static final Target MYDB = new Target(16384, "mydb", 3, false);

  private final AutovacuumWorkers workers = new AutovacuumWorkers();

  private static Autovacuum.Work work(int relationOid) {
    return new Autovacuum.Work(5, relationOid, "public.t", true, false, false);
  }

  @Test
  void thereAreNoMoreThanTheMaximum() {
    assertTrue(workers.start(POSTGRES, 2));
    assertTrue(workers.start(MYDB, 2));
    assertFalse(workers.start(POSTGRES, 2), "two are about to begin");
    assertEquals(POSTGRES, workers.began(11, 0));
    assertEquals(MYDB, workers.began(12, 0));
    assertFalse(workers.start(POSTGRES, 2), "two run");
    workers.ended(11);
    assertTrue(workers.start(POSTGRES, 2));
  }

  @Test
  void aWorkerThatNobodyAskedForHasNothingToDo() {
    assertNull(workers.began(11, 0));
    assertTrue(workers.start(POSTGRES, 1), "and counts for nothing");
  }

  @Test
  void noTableIsDoneByTwo() {
    workers.start(POSTGRES, 3);
    workers.start(POSTGRES, 3);
    workers.began(11, 0);
    workers.began(12, 0);
    assertTrue(workers.claim(11, work(1000), 0));
    assertFalse(workers.claim(12, work(1000), 0));
    assertTrue(workers.claim(12, work(1001), 0));
    assertEquals(2, workers.active());
    workers.release(11);
    assertEquals(1, workers.active());
    assertTrue(workers.claim(12, work(1000), 0), "the first is done with it");
  }

  @Test
  void aWorkerThatEndsGivesItsTableBack() {
    workers.start(POSTGRES, 2);
    workers.start(POSTGRES, 2);
    workers.began(11, 0);
    workers.began(12, 0);
    workers.claim(11, work(1000), 0);
    workers.ended(11);
    assertTrue(workers.claim(12, work(1000), 0));
    workers.clear();
    assertTrue(workers.start(MYDB, 1));
    assertEquals(MYDB, workers.began(13, 0), "a crash forgets who was waiting");
  }
}
