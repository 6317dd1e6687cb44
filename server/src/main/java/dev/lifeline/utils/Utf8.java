package dev.lifeline.utils;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;

/// Checks that what a client sent is text.
public final class Utf8 {
  private Utf8() {}

  /// Refuses bytes that are no UTF-8, and the zero byte, with 22021 `invalid byte sequence for
  /// encoding "UTF8": 0x...`.
  public static void check(byte[] bytes, int from, int to) {
    int i = from;
    while (i < to) {
      if (bytes[i] > 0) {
        i++;
        continue;
      }
      int length = sequenceLength(bytes, i, to);
      if (length == 0) {
        throw invalid(bytes, i, to);
      }
      i += length;
    }
  }

  /// The length of the valid sequence of several bytes that begins here, or 0. Overlong forms,
  /// surrogates and what is beyond U+10FFFF are invalid.
  private static int sequenceLength(byte[] bytes, int i, int to) {
    int first = bytes[i] & 0xff;
    int length = first >= 0xc2 && first < 0xe0 ? 2 : first >= 0xe0 && first < 0xf0 ? 3 : 4;
    if (first < 0xc2 || first > 0xf4 || i + length > to) {
      return 0;
    }
    int second = bytes[i + 1] & 0xff;
    int low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    int high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    if (second < low || second > high) {
      return 0;
    }
    for (int k = 2; k < length; k++) {
      if ((bytes[i + k] & 0xc0) != 0x80) {
        return 0;
      }
    }
    return length;
  }

  private static PgException invalid(byte[] bytes, int i, int to) {
    int first = bytes[i] & 0xff;
    int announced = first < 0xc0 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf8 ? 4 : 1;
    StringBuilder hex = new StringBuilder();
    for (int k = i; k < Math.min(to, i + announced); k++) {
      hex.append(k == i ? "0x" : " 0x").append(String.format("%02x", bytes[k] & 0xff));
    }
    return PgException.error(
        SqlState.CHARACTER_NOT_IN_REPERTOIRE,
        "invalid byte sequence for encoding \"UTF8\": %s",
        hex);
  }
}
