package dev.lifeline.events;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceContextTest {
  private static final String IDS = "0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331";

  @Test
  void readsAndWritesTheHeader() {
    TraceContext sampledRandom = TraceContext.parse("00-" + IDS + "-03");
    assertNotNull(sampledRandom);
    assertTrue(sampledRandom.sampled());
    assertEquals("00-" + IDS + "-03", sampledRandom.toString());
    TraceContext unsampled = TraceContext.parse("00-" + IDS + "-02");
    assertNotNull(unsampled);
    assertFalse(unsampled.sampled());
  }

  @Test
  void readsLaterVersionsByTheirFirstFields() {
    TraceContext later = TraceContext.parse("cc-" + IDS + "-01-what-the-future-brings");
    assertNotNull(later);
    assertEquals("00-" + IDS + "-01", later.toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "00",
        "00-" + IDS,
        "ff-" + IDS + "-01",
        "00-" + IDS + "-01-more",
        "cc-" + IDS + "-01more",
        "00-" + IDS + "-0G",
        "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
        "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
        "00-0af7651916cd43dd8448eb211c80319c_b7ad6b7169203331-01",
      })
  void ignoresWhatIsMalformed(String text) {
    assertNull(TraceContext.parse(text));
  }
}
