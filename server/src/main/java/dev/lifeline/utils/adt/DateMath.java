package dev.lifeline.utils.adt;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.List;

/// Calendar arithmetic. A date is days since 2000-01-01, a timestamp microseconds since then, the
/// smallest and the largest value of each are -infinity and infinity. Years are astronomical: 1 BC
/// is the year 0.
public final class DateMath {
  static final long MICROS_PER_SECOND = 1_000_000L;
  static final long MICROS_PER_MINUTE = 60_000_000L;
  static final long MICROS_PER_HOUR = 3_600_000_000L;
  static final long MICROS_PER_DAY = 86_400_000_000L;

  /// Days from 1970-01-01 to 2000-01-01.
  static final int EPOCH_DAYS = 10_957;

  static final long DATE_INFINITY = Integer.MAX_VALUE;
  static final long DATE_NEGATIVE_INFINITY = Integer.MIN_VALUE;
  static final long INFINITY = Long.MAX_VALUE;
  static final long NEGATIVE_INFINITY = Long.MIN_VALUE;

  /// The julian day of 2000-01-01.
  static final int EPOCH_JULIAN = 2_451_545;

  private static final long DATE_MIN = -EPOCH_JULIAN;
  private static final long DATE_END = 2_147_483_494L - EPOCH_JULIAN;
  private static final long TIMESTAMP_MIN = -211_813_488_000_000_000L;
  private static final long TIMESTAMP_END = 9_223_371_331_200_000_000L;

  private DateMath() {}

  static boolean isFiniteDate(long date) {
    return date != DATE_INFINITY && date != DATE_NEGATIVE_INFINITY;
  }

  static boolean isFinite(long timestamp) {
    return timestamp != INFINITY && timestamp != NEGATIVE_INFINITY;
  }

  static LocalDate toLocalDate(long date) {
    return LocalDate.ofEpochDay(date + EPOCH_DAYS);
  }

  static long fromLocalDate(LocalDate date) {
    return date.toEpochDay() - EPOCH_DAYS;
  }

  static LocalDate dayOf(long timestamp) {
    return toLocalDate(Math.floorDiv(timestamp, MICROS_PER_DAY));
  }

  /// Microseconds since midnight.
  static long timeOf(long timestamp) {
    return Math.floorMod(timestamp, MICROS_PER_DAY);
  }

  static PgException timestampOutOfRange() {
    return PgException.error(SqlState.DATETIME_FIELD_OVERFLOW, "timestamp out of range");
  }

  static PgException dateOutOfRange() {
    return PgException.error(SqlState.DATETIME_FIELD_OVERFLOW, "date out of range");
  }

  static boolean isValidDate(long date) {
    return date >= DATE_MIN && date < DATE_END;
  }

  static boolean isValidTimestamp(long timestamp) {
    return timestamp >= TIMESTAMP_MIN && timestamp < TIMESTAMP_END;
  }

  static long checkDate(long date) {
    if (!isValidDate(date)) {
      throw dateOutOfRange();
    }
    return date;
  }

  static long checkTimestamp(long timestamp) {
    if (!isValidTimestamp(timestamp)) {
      throw timestampOutOfRange();
    }
    return timestamp;
  }

  static long timestamp(LocalDate day, long time) {
    try {
      return checkTimestamp(
          Math.addExact(Math.multiplyExact(fromLocalDate(day), MICROS_PER_DAY), time));
    } catch (ArithmeticException e) {
      throw timestampOutOfRange();
    }
  }

  /// The last timestamps are too near the end of their range to be shifted as they are.
  private static long epochSecond(long timestamp) {
    return Math.floorDiv(timestamp, MICROS_PER_SECOND)
        + EvalContext.EPOCH_SHIFT / MICROS_PER_SECOND;
  }

  /// Seconds east of Greenwich that a zone is at an instant.
  static int offsetAt(ZoneId zone, long timestampTz) {
    if (zone instanceof ZoneOffset offset) {
      return offset.getTotalSeconds();
    }
    long epochSecond = epochSecond(timestampTz);
    return zone.getRules().getOffset(Instant.ofEpochSecond(epochSecond)).getTotalSeconds();
  }

  /// Seconds east of Greenwich that a zone is at a local time. A time that a clock that was set
  /// forward has skipped, or one that it had twice, is read with the standard time.
  static int offsetAtLocal(ZoneId zone, long localTimestamp) {
    if (zone instanceof ZoneOffset offset) {
      return offset.getTotalSeconds();
    }
    ZoneRules rules = zone.getRules();
    long epochSecond = epochSecond(localTimestamp);
    LocalDateTime local = LocalDateTime.ofEpochSecond(epochSecond, 0, ZoneOffset.UTC);
    List<ZoneOffset> valid = rules.getValidOffsets(local);
    if (valid.size() == 1) {
      return valid.getFirst().getTotalSeconds();
    }
    // Both of a transition: before and after. The smaller offset is that of the standard time.
    ZoneOffsetTransition transition = rules.getTransition(local);
    return Math.min(
        transition.getOffsetBefore().getTotalSeconds(),
        transition.getOffsetAfter().getTotalSeconds());
  }

  /// The instant of a local time in a zone.
  static long toInstant(long localTimestamp, ZoneId zone) {
    if (!isFinite(localTimestamp)) {
      return localTimestamp;
    }
    return checkTimestamp(localTimestamp - offsetAtLocal(zone, localTimestamp) * MICROS_PER_SECOND);
  }

  /// The local time of an instant in a zone.
  static long toLocal(long timestampTz, ZoneId zone) {
    return isFinite(timestampTz)
        ? timestampTz + offsetAt(zone, timestampTz) * MICROS_PER_SECOND
        : timestampTz;
  }

  static long dateToTimestamp(long date) {
    if (date == DATE_INFINITY) {
      return INFINITY;
    }
    if (date == DATE_NEGATIVE_INFINITY) {
      return NEGATIVE_INFINITY;
    }
    if (isBeyondTimestamps(date)) {
      throw PgException.error(SqlState.DATETIME_FIELD_OVERFLOW, "date out of range for timestamp");
    }
    return date * MICROS_PER_DAY;
  }

  /// Whether a date is later than the last timestamp, and not infinite.
  static boolean isBeyondTimestamps(long date) {
    return date != DATE_INFINITY && date >= TIMESTAMP_END / MICROS_PER_DAY;
  }

  static long timestampToDate(long timestamp) {
    if (timestamp == INFINITY) {
      return DATE_INFINITY;
    }
    if (timestamp == NEGATIVE_INFINITY) {
      return DATE_NEGATIVE_INFINITY;
    }
    return Math.floorDiv(timestamp, MICROS_PER_DAY);
  }

  /// Adds months, days and microseconds, in this order, to a local time. A day beyond the end of
  /// its month becomes the month's last.
  static long addInterval(long timestamp, Interval span) {
    if (!isFinite(timestamp)) {
      return timestamp;
    }
    try {
      LocalDate day = dayOf(timestamp).plusMonths(span.months()).plusDays(span.days());
      return checkTimestamp(Math.addExact(timestamp(day, timeOf(timestamp)), span.micros()));
    } catch (ArithmeticException | DateTimeException e) {
      throw timestampOutOfRange();
    }
  }

  /// As [#addInterval], of an instant: months and days are those of the zone's calendar.
  static long addInterval(long timestampTz, Interval span, ZoneId zone) {
    if (!isFinite(timestampTz)) {
      return timestampTz;
    }
    long moved = timestampTz;
    if (span.months() != 0 || span.days() != 0) {
      Interval calendar = new Interval(0, span.days(), span.months());
      moved = toInstant(addInterval(toLocal(timestampTz, zone), calendar), zone);
    }
    try {
      return checkTimestamp(Math.addExact(moved, span.micros()));
    } catch (ArithmeticException e) {
      throw timestampOutOfRange();
    }
  }

  /// Rounds to so many digits of a second.
  static long round(long micros, int precision) {
    if (precision < 0 || precision >= 6 || !isFinite(micros)) {
      return micros;
    }
    long unit = 1;
    for (int i = precision; i < 6; i++) {
      unit *= 10;
    }
    long half = unit / 2;
    return micros >= 0 ? (micros + half) / unit * unit : -((-micros + half) / unit * unit);
  }
}
