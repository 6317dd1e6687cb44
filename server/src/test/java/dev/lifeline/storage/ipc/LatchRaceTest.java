package dev.lifeline.storage.ipc;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/// One at a time holds a latch, and sees what the one before has done.
class LatchRaceTest {
  /// What the latch guards: two numbers that are the same whenever nobody holds it.
  private static final class Guarded {
    long first;
    long second;

    void change() {
      long before = first;
      Race.check(before == second, "two are inside: " + before + " and " + second);
      first = before + 1;
      Thread.onSpinWait();
      second = before + 1;
    }
  }

  @Test
  void oneIsInside() throws Exception {
    Latch latch = new Latch();
    Guarded guarded = new Guarded();
    Race race = new Race();
    for (int i = 0; i < 3; i++) {
      race.with(() -> {
        latch.lock();
        try {
          guarded.change();
        } finally {
          latch.unlock();
        }
      });
    }
    race.with(() -> {
      if (latch.tryLock()) {
        try {
          guarded.change();
        } finally {
          latch.unlock();
        }
      }
    });
    race.run();
  }

  /// A latch that looks and then takes: the race finds it.
  @Test
  void aLatchThatLooksBeforeItTakesIsFound() throws Exception {
    boolean[] held = new boolean[1];
    Guarded guarded = new Guarded();
    Race race = new Race();
    for (int i = 0; i < 4; i++) {
      race.with(() -> {
        if (!held[0]) {
          held[0] = true;
          guarded.change();
          held[0] = false;
        }
      });
    }
    assertTrue(race.isLost());
  }
}
