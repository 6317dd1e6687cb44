package dev.lifeline.utils.adt;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import dev.lifeline.utils.fmgr.Call;
import dev.lifeline.utils.fmgr.FnTable;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.LocalDate;
import java.time.temporal.IsoFields;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// `EXTRACT` and `date_part`: a field of a date or time, as a numeric or as a double.
final class DateTimeFields {
  private DateTimeFields() {}

  static void register(FnTable t) {
    t.callObject("extract_date", c -> numeric(ofDate(c)));
    t.callObject(
        "extract_time", c -> numeric(ofTime(unit(c), c.getLong(1), "time without time zone")));
    t.callObject("extract_timetz", c -> numeric(ofTimeTz(c)));
    t.callObject("extract_timestamp", c -> numeric(ofTimestamp(c, false)));
    t.callObject("extract_timestamptz", c -> numeric(ofTimestamp(c, true)));
    t.callObject("extract_interval", c -> numeric(ofInterval(c)));
    t.callDouble("date_part(25,1082)", c -> asDouble(c, ofDateAsTimestamp(c)));
    t.callDouble(
        "time_part", c -> asDouble(c, ofTime(unit(c), c.getLong(1), "time without time zone")));
    t.callDouble("timetz_part", c -> asDouble(c, ofTimeTz(c)));
    t.callDouble("timestamp_part", c -> asDouble(c, ofTimestamp(c, false)));
    t.callDouble("timestamptz_part", c -> asDouble(c, ofTimestamp(c, true)));
    t.callDouble("interval_part", c -> asDouble(c, ofInterval(c)));
  }

  /// Null where the field of an infinite value is not known.
  private static @Nullable Numeric numeric(@Nullable Object field) {
    return switch (field) {
      case null -> null;
      case Numeric n -> n;
      case BigDecimal d -> Numeric.of(d);
      default -> Numeric.of(((Number) field).longValue());
    };
  }

  private static double asDouble(Call c, @Nullable Object field) {
    Numeric value = numeric(field);
    if (value == null) {
      c.returnNull();
      return 0;
    }
    return NumericFunctions.toDouble(value);
  }

  private static String unit(Call c) {
    String unit = c.string(0).toLowerCase(Locale.ROOT);
    return DateTimeUnits.canonical(unit);
  }

  static PgException unsupported(String unit, String type) {
    return PgException.error(
        SqlState.FEATURE_NOT_SUPPORTED, "unit \"%s\" not supported for type %s", unit, type);
  }

  static PgException unrecognized(String unit, String type) {
    return Errors.invalidParameter("unit \"%s\" not recognized for type %s", unit, type);
  }

  private static PgException wrongUnit(String unit, String type) {
    return DateTimeUnits.isKnown(unit) ? unsupported(unit, type) : unrecognized(unit, type);
  }

  private static @Nullable Object ofDate(Call c) {
    String unit = unit(c);
    long date = c.getLong(1);
    if (!DateMath.isFiniteDate(date)) {
      return infinite(unit, date > 0, "date");
    }
    Object field = dayField(unit, DateMath.toLocalDate(date));
    if (field != null) {
      return field;
    }
    if (unit.equals("epoch")) {
      return (date + DateMath.EPOCH_DAYS) * 86_400L;
    }
    if (unit.equals("julian")) {
      return date + DateMath.EPOCH_JULIAN;
    }
    throw wrongUnit(unit, "date");
  }

  private static @Nullable Object ofDateAsTimestamp(Call c) {
    long timestamp = DateMath.dateToTimestamp(c.getLong(1));
    return ofTimestamp(unit(c), timestamp, timestamp, "timestamp without time zone");
  }

  /// Fields that grow for ever are infinite, others unknown.
  private static @Nullable Object infinite(String unit, boolean positive, String type) {
    return switch (unit) {
      case "year", "decade", "century", "millennium", "julian", "isoyear", "epoch" ->
          positive ? Numeric.INFINITY : Numeric.NEGATIVE_INFINITY;
      default -> {
        if (!DateTimeUnits.isKnown(unit)) {
          throw unrecognized(unit, type);
        }
        yield null;
      }
    };
  }

  /// Null where it is no field of a day.
  private static @Nullable Object dayField(String unit, LocalDate day) {
    int year = day.getYear();
    return switch (unit) {
      case "day" -> day.getDayOfMonth();
      case "month" -> day.getMonthValue();
      case "quarter" -> (day.getMonthValue() - 1) / 3 + 1;
      case "year" -> year > 0 ? year : year - 1;
      case "decade" -> Math.floorDiv(year, 10);
      case "century" -> year > 0 ? (year + 99) / 100 : -((100 - year) / 100);
      case "millennium" -> year > 0 ? (year + 999) / 1000 : -((1000 - year) / 1000);
      case "week" -> day.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR);
      case "isoyear" -> {
        int isoYear = day.get(IsoFields.WEEK_BASED_YEAR);
        yield isoYear > 0 ? isoYear : isoYear - 1;
      }
      case "dow" -> day.getDayOfWeek().getValue() % 7;
      case "isodow" -> day.getDayOfWeek().getValue();
      case "doy" -> day.getDayOfYear();
      default -> null;
    };
  }

  /// Null where it is no field of a time of day.
  private static @Nullable Object timeField(String unit, long micros) {
    long minuteMicros = micros % DateMath.MICROS_PER_MINUTE;
    return switch (unit) {
      case "hour" -> micros / DateMath.MICROS_PER_HOUR;
      case "minute" -> micros / DateMath.MICROS_PER_MINUTE % 60;
      case "second" -> BigDecimal.valueOf(minuteMicros, 6);
      case "millisecond" -> BigDecimal.valueOf(minuteMicros, 3);
      case "microsecond" -> minuteMicros;
      default -> null;
    };
  }

  private static Object ofTime(String unit, long time, String type) {
    Object field = timeField(unit, time);
    if (field != null) {
      return field;
    }
    if (unit.equals("epoch")) {
      return BigDecimal.valueOf(time, 6);
    }
    throw wrongUnit(unit, type);
  }

  private static Object ofTimeTz(Call c) {
    String unit = unit(c);
    TimeTz value = c.get(1, TimeTz.class);
    if (unit.equals("epoch")) {
      return BigDecimal.valueOf(value.micros() + value.zone() * DateMath.MICROS_PER_SECOND, 6);
    }
    Object zone = zoneField(unit, -value.zone());
    return zone != null ? zone : ofTime(unit, value.micros(), "time with time zone");
  }

  private static @Nullable Object zoneField(String unit, int secondsEast) {
    return switch (unit) {
      case "timezone" -> secondsEast;
      case "timezone_hour" -> secondsEast / 3600;
      case "timezone_minute" -> secondsEast / 60 % 60;
      default -> null;
    };
  }

  private static @Nullable Object ofTimestamp(Call c, boolean withZone) {
    String unit = unit(c);
    long value = c.getLong(1);
    if (!withZone) {
      return ofTimestamp(unit, value, value, "timestamp without time zone");
    }
    String type = "timestamp with time zone";
    if (DateMath.isFinite(value)) {
      int offset = DateMath.offsetAt(DateTimeFunctions.zone(c), value);
      Object zone = zoneField(unit, offset);
      if (zone != null) {
        return zone;
      }
      return ofTimestamp(unit, value + offset * DateMath.MICROS_PER_SECOND, value, type);
    }
    return infinite(unit, value > 0, type);
  }

  private static @Nullable Object ofTimestamp(String unit, long local, long instant, String type) {
    if (!DateMath.isFinite(local)) {
      return infinite(unit, local > 0, type);
    }
    Object field = dayField(unit, DateMath.dayOf(local));
    if (field == null) {
      field = timeField(unit, DateMath.timeOf(local));
    }
    if (field != null) {
      return field;
    }
    if (unit.equals("epoch")) {
      return BigDecimal.valueOf(instant + EvalContext.EPOCH_SHIFT, 6);
    }
    if (unit.equals("julian")) {
      long day = Math.floorDiv(local, DateMath.MICROS_PER_DAY) + DateMath.EPOCH_JULIAN;
      BigDecimal part =
          BigDecimal.valueOf(DateMath.timeOf(local))
              .divide(BigDecimal.valueOf(DateMath.MICROS_PER_DAY), 20, RoundingMode.HALF_UP);
      return part.signum() == 0
          ? (Object) BigDecimal.valueOf(day)
          : NumericMath.add(
              Numeric.of(day),
              NumericMath.divide(
                  Numeric.of(DateMath.timeOf(local)), Numeric.of(DateMath.MICROS_PER_DAY)));
    }
    throw wrongUnit(unit, type);
  }

  private static Object ofInterval(Call c) {
    String unit = unit(c);
    Interval value = c.interval(1);
    int years = value.months() / 12;
    Object field =
        switch (unit) {
          case "day" -> value.days();
          case "month" -> value.months() % 12;
          case "quarter" -> value.months() % 12 / 3 + 1;
          case "year" -> years;
          case "decade" -> years / 10;
          case "century" -> years / 100;
          case "millennium" -> years / 1000;
          default -> timeField(unit, value.micros());
        };
    if (field != null) {
      return field;
    }
    if (unit.equals("epoch")) {
      // A year has 365.25 days here, which a month's 30 days do not add up to.
      BigDecimal days =
          BigDecimal.valueOf(years)
              .multiply(new BigDecimal("365.25"))
              .add(BigDecimal.valueOf(value.months() % 12 * 30L + value.days()));
      return days.multiply(BigDecimal.valueOf(86_400))
          .setScale(0, RoundingMode.HALF_UP)
          .add(BigDecimal.valueOf(value.micros(), 6));
    }
    throw wrongUnit(unit, "interval");
  }
}
