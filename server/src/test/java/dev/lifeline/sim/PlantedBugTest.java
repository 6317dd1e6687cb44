package dev.lifeline.sim;

import static org.junit.jupiter.api.Assertions.fail;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The simulator is able to fail: it finds each of these defects, and tells after how many seeds.
class PlantedBugTest {
  private static final int SEEDS_MAX = 100;

  @ParameterizedTest
  @EnumSource(PlantedBug.class)
  void isFound(PlantedBug bug) {
    for (long seed = 1; seed <= SEEDS_MAX; seed++) {
      Throwable found = Simulate.run(seed, bug);
      if (found != null) {
        System.out.printf("%-36s seed %2d: %s%n", bug, seed, found.getMessage());
        return;
      }
    }
    fail(bug + " was not found by " + SEEDS_MAX + " seeds");
  }
}
