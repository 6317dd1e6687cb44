package dev.lifeline.utils.error;

import dev.lifeline.utils.TimeZoneSetting;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// Times as the server log writes them, in the zone that `log_timezone` names.
public final class LogTime {
  private static final DateTimeFormatter SECONDS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss zzz", Locale.ROOT);
  private static final DateTimeFormatter MILLIS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS zzz", Locale.ROOT);

  private LogTime() {}

  /// `2026-11-22 08:17:04 UTC`.
  public static String seconds(long epochMicros, String zone) {
    return SECONDS.format(instant(epochMicros).atZone(zone(zone)));
  }

  /// `2026-11-22 08:17:04.684 UTC`.
  public static String millis(long epochMicros, String zone) {
    return MILLIS.format(instant(epochMicros).atZone(zone(zone)));
  }

  private static Instant instant(long epochMicros) {
    return Instant.ofEpochSecond(
        Math.floorDiv(epochMicros, 1_000_000), Math.floorMod(epochMicros, 1_000_000) * 1000L);
  }

  /// The zone that a value of `log_timezone` means, which its check has admitted.
  public static ZoneId zone(String name) {
    TimeZoneSetting setting = TimeZoneSetting.of(name);
    return setting == null ? ZoneOffset.UTC : setting.zone();
  }
}
