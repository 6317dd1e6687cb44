package dev.lifeline.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class AdaptiveIntervalTest {
  private final AdaptiveInterval interval = new AdaptiveInterval(50, 400, 20);

  @Test
  void whileNothingIsNewItIsAskedEverMoreSeldom() {
    assertEquals(100, interval.next(false, 1));
    assertEquals(200, interval.next(false, 1));
    assertEquals(400, interval.next(false, 1));
    assertEquals(400, interval.next(false, 1));
    assertEquals(50, interval.next(true, 1));
  }

  @Test
  void whatCostsMuchIsAskedLessOftenButNotTooSeldomToBeSeen() {
    assertEquals(200, interval.next(true, 10));
    assertEquals(400, interval.next(true, 100));
  }
}
