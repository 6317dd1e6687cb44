package dev.lifeline.access.common;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.utils.error.PgException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/// The compression of long values.
@NullUnmarked
class PgLzTest {
  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /// Bytes that repeat what came before now and then: of any grade between noise and a blank page.
  private static byte[] random(Random random, int length) {
    byte[] bytes = new byte[length];
    int alphabet = 1 + random.nextInt(40);
    int at = 0;
    while (at < length) {
      if (at > 0 && random.nextInt(3) > 0) {
        int distance = 1 + random.nextInt(Math.min(at, 1 + random.nextInt(6000)));
        for (int n = random.nextInt(600); n >= 0 && at < length; n--) {
          bytes[at] = bytes[at - distance];
          at++;
        }
      } else {
        bytes[at++] = (byte) random.nextInt(alphabet);
      }
    }
    return bytes;
  }

  @Test
  void whatWasCompressedComesBack() {
    Random random = new Random(7);
    int compressed = 0;
    for (int i = 0; i < 2000; i++) {
      byte[] raw = random(random, random.nextInt(i % 50 == 0 ? 100_000 : 3000));
      byte[] small = PgLz.compress(raw);
      if (small != null) {
        compressed++;
        assertTrue(small.length <= raw.length - raw.length / 4 + 3, "a quarter is saved");
        assertArrayEquals(raw, PgLz.decompress(small, raw.length), "case " + i);
      }
    }
    assertTrue(compressed > 1000, "too few to prove anything: " + compressed);
  }

  /// The same bytes come out however the work is cut into pieces.
  @Test
  void aPieceAtATimeIsTheSame() {
    byte[] raw = random(new Random(8), 50_000);
    PgLz.Compressor compressor = new PgLz.Compressor(raw);
    while (compressor.step(100)) {}
    assertArrayEquals(PgLz.compress(raw), compressor.result());
  }

  /// As PostgreSQL: a value is left as it is when there is little to win.
  @Test
  void noiseAndShortValuesAreLeftAlone() {
    byte[] noise = new byte[100_000];
    new Random(9).nextBytes(noise);
    assertNull(PgLz.compress(noise));
    assertNull(PgLz.compress(ascii("a".repeat(31))));
    assertNotNull(PgLz.compress(ascii("a".repeat(33))));
  }

  /// The format, put together by hand: "abc", then five bytes from three back, then twenty more.
  @Test
  void theFormatIsThatOfPostgres() {
    byte[] compressed = {0b00011000, 'a', 'b', 'c', 2, 3, 15, 3, 2};
    String raw = "abc" + "abcab" + "cabcabcabcabcabcabca";
    assertArrayEquals(ascii(raw), PgLz.decompress(compressed, raw.length()));
    byte[] far = new byte[5000];
    new Random(1).nextBytes(far);
    System.arraycopy(far, 1000, far, 4900, 100);
    byte[] compressible = Arrays.copyOf(far, 12_000);
    System.arraycopy(far, 0, compressible, 4095, 4095);
    assertNull(PgLz.compress(Arrays.copyOf(far, 4900)));
  }

  @Test
  void corruptBytesAreAnError() {
    byte[] raw = ascii("abcdefgh".repeat(100));
    byte[] small = PgLz.compress(raw);
    assertNotNull(small);
    assertThrows(PgException.class, () -> PgLz.decompress(small, raw.length + 1));
    assertThrows(PgException.class, () -> PgLz.decompress(small, raw.length - 1));
    byte[] cut = Arrays.copyOf(small, small.length - 1);
    PgException e = assertThrows(PgException.class, () -> PgLz.decompress(cut, raw.length));
    assertEquals("XX001", e.sqlState().code());
    byte[] outside = {1, 0, 9, 'a'};
    assertThrows(PgException.class, () -> PgLz.decompress(outside, 4));
  }
}
