package dev.lifeline.utils.adt;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import dev.lifeline.utils.fmgr.Call;
import dev.lifeline.utils.fmgr.FnTable;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.TemporalAdjusters;
import java.util.Locale;

/// `date_trunc` and `date_bin`.
final class DateTimeTrunc {
  private DateTimeTrunc() {}

  static void register(FnTable t) {
    t.callLong("timestamp_trunc", c -> trunc(unit(c), c.getLong(1), "timestamp without time zone"));
    t.callLong("timestamptz_trunc", c -> truncInZone(c, DateTimeFunctions.zone(c)));
    t.callLong("timestamptz_trunc_zone", c -> truncInZone(c, TimeZones.forFunction(c.string(2))));
    t.callObject("interval_trunc", c -> trunc(unit(c), c.interval(1)));
    t.callLong("timestamp_bin", DateTimeTrunc::bin);
    t.callLong("timestamptz_bin", DateTimeTrunc::bin);
  }

  private static String unit(Call c) {
    return DateTimeUnits.canonical(c.string(0).toLowerCase(Locale.ROOT));
  }

  private static long truncInZone(Call c, ZoneId zone) {
    long value = c.getLong(1);
    String unit = unit(c);
    if (!DateMath.isFinite(value)) {
      return trunc(unit, value, "timestamp with time zone");
    }
    long local = trunc(unit, DateMath.toLocal(value, zone), "timestamp with time zone");
    boolean withinDay =
        switch (unit) {
          case "hour", "minute", "second", "millisecond", "microsecond" -> true;
          default -> false;
        };
    // Within a day the offset stays what it was, also where the local time is there twice.
    return withinDay
        ? local - DateMath.offsetAt(zone, value) * DateMath.MICROS_PER_SECOND
        : DateMath.toInstant(local, zone);
  }

  private static long trunc(String unit, long local, String type) {
    if (!DateTimeUnits.isKnown(unit)) {
      throw DateTimeFields.unrecognized(unit, type);
    }
    if (!DateMath.isFinite(local)) {
      return local;
    }
    long micros =
        switch (unit) {
          case "microsecond" -> 1;
          case "millisecond" -> 1000;
          case "second" -> DateMath.MICROS_PER_SECOND;
          case "minute" -> DateMath.MICROS_PER_MINUTE;
          case "hour" -> DateMath.MICROS_PER_HOUR;
          case "day" -> DateMath.MICROS_PER_DAY;
          default -> 0;
        };
    if (micros > 0) {
      return Math.floorDiv(local, micros) * micros;
    }
    return DateMath.timestamp(firstDay(unit, DateMath.dayOf(local), type), 0);
  }

  private static LocalDate firstDay(String unit, LocalDate day, String type) {
    int year = day.getYear();
    return switch (unit) {
      case "week" -> day.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
      case "month" -> day.withDayOfMonth(1);
      case "quarter" -> LocalDate.of(year, (day.getMonthValue() - 1) / 3 * 3 + 1, 1);
      case "year" -> LocalDate.of(year, 1, 1);
      // The decade of 1 BC begins with the year 0; centuries and millennia begin with a year 1.
      case "decade" -> LocalDate.of(Math.floorDiv(year, 10) * 10, 1, 1);
      case "century" -> LocalDate.of(Math.floorDiv(year - 1, 100) * 100 + 1, 1, 1);
      case "millennium" -> LocalDate.of(Math.floorDiv(year - 1, 1000) * 1000 + 1, 1, 1);
      default -> throw DateTimeFields.unsupported(unit, type);
    };
  }

  private static Interval trunc(String unit, Interval a) {
    int years = a.months() / 12;
    return switch (unit) {
      case "millennium" -> months(years / 1000 * 1000 * 12);
      case "century" -> months(years / 100 * 100 * 12);
      case "decade" -> months(years / 10 * 10 * 12);
      case "year" -> months(years * 12);
      case "quarter" -> months(a.months() / 3 * 3);
      case "month" -> months(a.months());
      case "day" -> new Interval(0, a.days(), a.months());
      case "hour" -> time(a, DateMath.MICROS_PER_HOUR);
      case "minute" -> time(a, DateMath.MICROS_PER_MINUTE);
      case "second" -> time(a, DateMath.MICROS_PER_SECOND);
      case "millisecond" -> time(a, 1000);
      case "microsecond" -> a;
      case "week" ->
          throw DateTimeFields.unsupported(unit, "interval")
              .detail("Months usually have fractional weeks.");
      default ->
          throw DateTimeUnits.isKnown(unit)
              ? DateTimeFields.unsupported(unit, "interval")
              : DateTimeFields.unrecognized(unit, "interval");
    };
  }

  private static Interval months(int months) {
    return new Interval(0, 0, months);
  }

  private static Interval time(Interval a, long unit) {
    return new Interval(a.micros() / unit * unit, a.days(), a.months());
  }

  private static long bin(Call c) {
    Interval stride = c.interval(0);
    long value = c.getLong(1);
    long origin = c.getLong(2);
    if (!DateMath.isFinite(value)) {
      return value;
    }
    if (!DateMath.isFinite(origin)) {
      throw PgException.error(SqlState.DATETIME_FIELD_OVERFLOW, "origin out of range");
    }
    if (stride.months() != 0) {
      throw PgException.error(
          SqlState.FEATURE_NOT_SUPPORTED,
          "timestamps cannot be binned into intervals containing months or years");
    }
    long width = stride.days() * DateMath.MICROS_PER_DAY + stride.micros();
    if (width <= 0) {
      throw PgException.error(SqlState.DATETIME_FIELD_OVERFLOW, "stride must be greater than zero");
    }
    long difference = value - origin;
    return origin + Math.floorDiv(difference, width) * width;
  }
}
