package dev.lifeline.events.codec;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/// Times as the log writes them: RFC 3339 in UTC with six places, `2026-11-22T18:15:09.000001Z`.
public final class TimeText {
  /// Bytes of a time.
  public static final int LENGTH = 27;

  private static final DateTimeFormatter SECONDS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.");
  private static final int[] DIGITS = {0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 17, 18};
  private static final int SECONDS_LENGTH = 20;

  /// The seconds that were written last: consecutive events mostly share them.
  private long cachedSecond = Long.MIN_VALUE;

  private byte[] cachedText = new byte[0];

  void write(JsonWriter out, Instant time) {
    long second = time.getEpochSecond();
    if (second != cachedSecond) {
      LocalDateTime dateTime = LocalDateTime.ofEpochSecond(second, 0, ZoneOffset.UTC);
      cachedText = SECONDS.format(dateTime).getBytes(StandardCharsets.US_ASCII);
      cachedSecond = second;
    }
    out.raw(cachedText).padded(time.getNano() / 1000, 6).raw('Z');
  }

  /// The time in the form of the log.
  public static String format(Instant time) {
    JsonWriter out = new JsonWriter();
    new TimeText().write(out, time);
    return new String(out.array(), 0, out.length(), StandardCharsets.US_ASCII);
  }

  public static Instant toInstant(long micros) {
    return Instant.ofEpochSecond(
        Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L) * 1000);
  }

  public static long toMicros(Instant time) {
    return time.getEpochSecond() * 1_000_000 + time.getNano() / 1000;
  }

  /// Microseconds since the epoch, or [Long#MIN_VALUE] when the bytes are not a time of this form.
  static long parse(byte[] bytes, int at) {
    for (int digit : DIGITS) {
      if (!isDigit(bytes[at + digit])) {
        return Long.MIN_VALUE;
      }
    }
    for (int i = SECONDS_LENGTH; i < LENGTH - 1; i++) {
      if (!isDigit(bytes[at + i])) {
        return Long.MIN_VALUE;
      }
    }
    if (bytes[at + 10] != 'T' || bytes[at + 19] != '.' || bytes[at + LENGTH - 1] != 'Z') {
      return Long.MIN_VALUE;
    }
    long day = epochDay(number(bytes, at, 4), number(bytes, at + 5, 2), number(bytes, at + 8, 2));
    long seconds =
        day * 86_400
            + number(bytes, at + 11, 2) * 3600L
            + number(bytes, at + 14, 2) * 60L
            + number(bytes, at + 17, 2);
    return seconds * 1_000_000 + number(bytes, at + SECONDS_LENGTH, 6);
  }

  /// Days since 1970-01-01 in the proleptic Gregorian calendar, counting years from March so that
  /// the leap day is a year's last.
  private static long epochDay(int year, int month, int day) {
    long y = month <= 2 ? year - 1L : year;
    long era = Math.floorDiv(y, 400L);
    long yearOfEra = y - era * 400;
    long dayOfYear = (153L * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    long dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
    return era * 146_097 + dayOfEra - 719_468;
  }

  private static int number(byte[] bytes, int at, int digits) {
    int value = 0;
    for (int i = at; i < at + digits; i++) {
      value = value * 10 + bytes[i] - '0';
    }
    return value;
  }

  private static boolean isDigit(byte c) {
    return c >= '0' && c <= '9';
  }
}
