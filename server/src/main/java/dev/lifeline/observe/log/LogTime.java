package dev.lifeline.observe.log;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.TextStyle;
import java.util.List;
import java.util.Locale;
import java.util.TimeZone;
import org.jspecify.annotations.Nullable;

/// The log's timestamps, `2026-11-22 08:17:04.684 CET`: local times of `log_timezone` with an
/// abbreviation that means nothing by itself.
///
/// In the hour that comes twice in autumn the abbreviation tells which one it is.
public final class LogTime {
  private static final int MILLIS_AT = 20;

  private final ZoneId zone;

  /// The minute that was converted last, and what its local time is ahead of UTC by: nearly every
  /// record is of the same minute as the one before.
  private @Nullable String minute;

  private long minuteEpoch;

  public LogTime(ZoneId zone) {
    this.zone = zone;
  }

  /// The zone that the server calls so; UTC where Java knows it under no such name.
  public static ZoneId zone(String logTimezone) {
    try {
      return ZoneId.of(logTimezone);
    } catch (DateTimeException e) {
      return ZoneOffset.UTC;
    }
  }

  /// Reads one.
  ///
  /// @throws IllegalArgumentException when it is none
  public Instant parse(String text) {
    if (text.length() < MILLIS_AT + 3 || text.charAt(19) != '.') {
      throw new IllegalArgumentException("not a timestamp of the log: \"" + text + "\"");
    }
    String abbreviation = text.substring(text.indexOf(' ', MILLIS_AT) + 1);
    String local = text.substring(0, 16) + abbreviation;
    if (!local.equals(minute)) {
      minuteEpoch = epochSecond(text, abbreviation);
      minute = local;
    }
    try {
      long seconds = Long.parseLong(text, 17, 19, 10);
      long millis = Long.parseLong(text, MILLIS_AT, MILLIS_AT + 3, 10);
      return Instant.ofEpochSecond(minuteEpoch + seconds, millis * 1_000_000);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("not a timestamp of the log: \"" + text + "\"", e);
    }
  }

  private long epochSecond(String text, String abbreviation) {
    LocalDateTime local;
    try {
      local = LocalDateTime.parse(text.substring(0, 10) + "T" + text.substring(11, 16));
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("not a timestamp of the log: \"" + text + "\"", e);
    }
    if (abbreviation.equals("UTC") || abbreviation.equals("GMT")) {
      return local.toEpochSecond(ZoneOffset.UTC);
    }
    List<ZoneOffset> offsets = zone.getRules().getValidOffsets(local);
    for (ZoneOffset offset : offsets) {
      if (offsets.size() > 1 && abbreviation(local, offset).equals(abbreviation)) {
        return local.toEpochSecond(offset);
      }
    }
    return local.atZone(zone).toEpochSecond();
  }

  private String abbreviation(LocalDateTime local, ZoneOffset offset) {
    ZonedDateTime time = ZonedDateTime.ofStrict(local, offset, zone);
    boolean summer = zone.getRules().isDaylightSavings(time.toInstant());
    TimeZone names = TimeZone.getTimeZone(zone);
    String known = names.getDisplayName(summer, TimeZone.SHORT, Locale.ENGLISH);
    return known.isEmpty() ? zone.getDisplayName(TextStyle.SHORT, Locale.ENGLISH) : known;
  }
}
