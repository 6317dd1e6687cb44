package dev.lifeline.postmaster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lifeline.postmaster.Autovacuum.Target;
import java.util.List;
import org.junit.jupiter.api.Test;

/// In which order the launcher comes to databases.
class AutovacuumTurnsTest {
  private static final long SECOND = 1_000_000_000;
  private static final long NAPTIME = 60 * SECOND;

  private static final Target ONE = new Target(1, "one", 700, false);
  private static final Target TWO = new Target(2, "two", 3, false);
  private static final Target THREE = new Target(3, "three", 500, false);
  private static final Target OLD = new Target(4, "old", 40, true);
  private static final Target OLDER = new Target(5, "older", 30, true);

  private final AutovacuumTurns turns = new AutovacuumTurns();

  private List<Target> due(long second, Target... found) {
    return turns.due(List.of(found), second * SECOND, NAPTIME);
  }

  @Test
  void whoseLastTurnIsLongestAgoComesFirst() {
    turns.had(ONE, 0);
    turns.had(TWO, 20 * SECOND);
    assertEquals(List.of(THREE, ONE, TWO), due(100, TWO, ONE, THREE), "three had none yet");
  }

  @Test
  void everyDatabaseHasOneTurnInNaptime() {
    turns.had(ONE, 0);
    turns.had(TWO, 20 * SECOND);
    assertEquals(List.of(), due(59, ONE, TWO));
    assertEquals(List.of(ONE), due(60, ONE, TWO));
    assertEquals(List.of(ONE, TWO), due(80, ONE, TWO));
  }

  @Test
  void oldXidsComeBeforeAllElseAndTheOldestFirst() {
    turns.had(OLD, 30 * SECOND);
    turns.had(OLDER, 31 * SECOND);
    turns.had(ONE, 0);
    assertEquals(List.of(OLDER, OLD, TWO, ONE), due(100, ONE, OLD, TWO, OLDER));
    turns.had(OLDER, 100 * SECOND);
    assertEquals(List.of(OLD, TWO, ONE), due(101, ONE, OLD, TWO, OLDER), "its turn is over");
  }

  @Test
  void whatIsDroppedIsForgotten() {
    turns.had(ONE, 0);
    due(1, TWO);
    assertEquals(List.of(ONE), due(2, ONE), "another one of the same oid");
  }
}
