package dev.lifeline.replication;

import static dev.lifeline.replication.LagTracker.UNKNOWN;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class LagTrackerTest {
  private static final long SECOND = LagTracker.INTERVAL_NANOS;

  private final LagTracker lags = new LagTracker();

  @Test
  void aPlaceReachedIsAsOldAsItsSending() {
    assertEquals(UNKNOWN, lags.write.reached(0, 0));

    lags.sent(100, 10 * SECOND);

    assertEquals(UNKNOWN, lags.write.reached(99, 11 * SECOND));
    assertEquals(2 * SECOND, lags.write.reached(100, 12 * SECOND));
    assertEquals(UNKNOWN, lags.write.reached(100, 13 * SECOND));
    assertEquals(5 * SECOND, lags.flush.reached(200, 15 * SECOND));
    assertEquals(UNKNOWN, lags.apply.reached(0, 15 * SECOND));
  }

  @Test
  void placesLessThanASecondApartAreOne() {
    lags.sent(100, 10 * SECOND);
    lags.sent(200, 10 * SECOND + SECOND - 1);
    lags.sent(300, 11 * SECOND);

    assertEquals(4 * SECOND, lags.write.reached(299, 14 * SECOND));
    assertEquals(3 * SECOND, lags.write.reached(300, 14 * SECOND));
  }

  /// Half of the way is taken for half of the time.
  @Test
  void whoIsBetweenTwoPlacesIsMeasuredByTheWay() {
    lags.sent(100, 10 * SECOND);
    lags.sent(200, 20 * SECOND);
    assertEquals(12 * SECOND, lags.write.reached(100, 22 * SECOND));

    assertEquals(15 * SECOND, lags.write.reached(150, 30 * SECOND));
    assertEquals(10 * SECOND, lags.write.reached(200, 30 * SECOND));
  }

  /// Of one that reports nothing for hours, the newest places are left out, and none of the oldest.
  @Test
  void theOldestPlacesAreKept() {
    long places = LagTracker.PLACES_MAX;
    for (long i = 1; i <= 2 * places; i++) {
      lags.sent(i, i * SECOND);
    }
    long now = 10 * places * SECOND;

    assertEquals(now - SECOND, lags.write.reached(1, now));
    assertEquals(now - places * SECOND, lags.write.reached(2 * places, now));
    assertEquals(UNKNOWN, lags.write.reached(2 * places, now));

    lags.sent(3 * places, now);
    assertEquals(UNKNOWN, lags.write.reached(3 * places, now), "the others have reached none");
    assertEquals(now - places * SECOND, lags.flush.reached(places, now));
    assertEquals(now - places * SECOND, lags.apply.reached(places, now));
    lags.sent(3 * places, now);
    assertEquals(SECOND, lags.write.reached(3 * places, now + SECOND));
  }
}
