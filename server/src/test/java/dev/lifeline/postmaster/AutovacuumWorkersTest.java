package dev.lifeline.postmaster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.postmaster.Autovacuum.Target;
import org.junit.jupiter.api.Test;

/// What launcher and workers agree on.
class AutovacuumWorkersTest {
  private static final Target POSTGRES = new Target(5, "postgres");
  private static final Target MYDB = new Target(16384, "mydb");

  private final AutovacuumWorkers workers = new AutovacuumWorkers();

  @Test
  void thereAreNoMoreThanTheMaximum() {
    assertTrue(workers.start(POSTGRES, 2));
    assertTrue(workers.start(MYDB, 2));
    assertFalse(workers.start(POSTGRES, 2), "two are about to begin");
    assertEquals(POSTGRES, workers.began(11));
    assertEquals(MYDB, workers.began(12));
    assertFalse(workers.start(POSTGRES, 2), "two run");
    workers.ended(11);
    assertTrue(workers.start(POSTGRES, 2));
  }

  @Test
  void aWorkerThatNobodyAskedForHasNothingToDo() {
    assertNull(workers.began(11));
    assertTrue(workers.start(POSTGRES, 1), "and counts for nothing");
  }

  @Test
  void noTableIsDoneByTwo() {
    workers.start(POSTGRES, 3);
    workers.start(POSTGRES, 3);
    workers.began(11);
    workers.began(12);
    assertTrue(workers.claim(11, 1000));
    assertFalse(workers.claim(12, 1000));
    assertTrue(workers.claim(12, 1001));
    assertEquals(2, workers.active());
    workers.release(11);
    assertEquals(1, workers.active());
    assertTrue(workers.claim(12, 1000), "the first is done with it");
  }

  @Test
  void aWorkerThatEndsGivesItsTableBack() {
    workers.start(POSTGRES, 2);
    workers.start(POSTGRES, 2);
    workers.began(11);
    workers.began(12);
    workers.claim(11, 1000);
    workers.ended(11);
    assertTrue(workers.claim(12, 1000));
    workers.clear();
    assertTrue(workers.start(MYDB, 1));
    assertEquals(MYDB, workers.began(13), "a crash forgets who was waiting");
  }
}
