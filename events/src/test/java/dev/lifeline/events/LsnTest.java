package dev.lifeline.events;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LsnTest {
  @Test
  void isWrittenAsPostgresDoes() {
    assertEquals("0/0", Lsn.format(Lsn.INVALID));
    assertEquals("0/16B3748", Lsn.format(0x16B3748L));
    assertEquals("1/0", Lsn.format(1L << 32));
    assertEquals("FFFFFFFF/FFFFFFFF", Lsn.format(-1));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 0x16B3748L, 0xFFFF_FFFFL, 1L << 32, Long.MAX_VALUE, -1})
  void comesBack(long lsn) {
    assertEquals(lsn, Lsn.parse(Lsn.format(lsn)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/", "0/", "/0", "0", "0/G", "-1/0", "0/-1", "000000001/0", "0/0/0"})
  void refusesWhatIsNone(String text) {
    assertThrows(IllegalArgumentException.class, () -> Lsn.parse(text));
  }
}
