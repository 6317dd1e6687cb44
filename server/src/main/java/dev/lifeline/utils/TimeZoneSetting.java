package dev.lifeline.utils;

import java.time.DateTimeException;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A value of the parameters `TimeZone` and `log_timezone`: a name of the IANA database in any
/// case, hours east of Greenwich as a number, or POSIX's notation, which counts them to the west:
/// `UTC+3` is three hours behind.
///
/// @param shown how SHOW writes it
public record TimeZoneSetting(ZoneId zone, String shown) {
  private static final Pattern HOURS = Pattern.compile("[+-]?[0-9]+(\\.[0-9]*)?");

  /// Where a colon follows, a name may be missing.
  private static final Pattern POSIX =
      Pattern.compile(
          "(?:[A-Za-z]{3,}|<[^>]+>|(?=[+-]?[0-9]+:))"
              + "([+-]?)([0-9]{1,2})(?::([0-9]{2}))?(?::([0-9]{2}))?");

  private static final int SECONDS_PER_HOUR = 3600;

  /// Names in lower case, with their own spelling.
  private static final Map<String, String> NAMES = new HashMap<>();

  /// Names of the database that the JDK has as abbreviations only.
  private static final Map<String, ZoneId> FIXED =
      Map.of(
          "est",
          ZoneOffset.ofHours(-5),
          "mst",
          ZoneOffset.ofHours(-7),
          "hst",
          ZoneOffset.ofHours(-10));

  static {
    for (String name : ZoneId.getAvailableZoneIds()) {
      NAMES.put(name.toLowerCase(Locale.ROOT), name);
    }
  }

  /// What a value means; null where that is no zone.
  public static @Nullable TimeZoneSetting of(String value) {
    String text = value.strip();
    if (HOURS.matcher(text).matches()) {
      return ofSeconds(Math.round(Double.parseDouble(text) * SECONDS_PER_HOUR));
    }
    String lower = text.toLowerCase(Locale.ROOT);
    String name = NAMES.get(lower);
    if (name != null) {
      return new TimeZoneSetting(ZoneId.of(name), name);
    }
    ZoneId fixed = FIXED.get(lower);
    if (fixed != null) {
      return new TimeZoneSetting(fixed, text.toUpperCase(Locale.ROOT));
    }
    ZoneOffset posix = posix(text);
    return posix == null ? null : new TimeZoneSetting(posix, text);
  }

  /// A fixed offset, which is shown in POSIX's notation: `<+02>-02`.
  public static @Nullable TimeZoneSetting ofSeconds(long east) {
    if (Math.abs(east) > ZoneOffset.MAX.getTotalSeconds()) {
      return null;
    }
    String minutes =
        east % SECONDS_PER_HOUR == 0 ? "" : ":%02d".formatted(Math.abs(east) / 60 % 60);
    String hours = "%02d".formatted(Math.abs(east) / SECONDS_PER_HOUR) + minutes;
    String shown =
        east < 0 ? "<-%s>+%s".formatted(hours, hours) : "<+%s>-%s".formatted(hours, hours);
    return new TimeZoneSetting(ZoneOffset.ofTotalSeconds((int) east), shown);
  }

  /// `EST5`, `<+02>-2`: a name and hours west of Greenwich; null where it is none.
  public static @Nullable ZoneOffset posix(String text) {
    Matcher m = POSIX.matcher(text);
    if (!m.matches()) {
      return null;
    }
    int seconds = Integer.parseInt(m.group(2)) * SECONDS_PER_HOUR;
    seconds += m.group(3) == null ? 0 : Integer.parseInt(m.group(3)) * 60;
    seconds += m.group(4) == null ? 0 : Integer.parseInt(m.group(4));
    try {
      return ZoneOffset.ofTotalSeconds(m.group(1).equals("-") ? seconds : -seconds);
    } catch (DateTimeException e) {
      return null;
    }
  }
}
