package dev.lifeline.utils.adt;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import dev.lifeline.utils.fmgr.Call;
import dev.lifeline.utils.fmgr.Comparison;
import dev.lifeline.utils.fmgr.FnTable;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// Comparisons of dates and times, casts between them, the current time, and how they are made of
/// numbers: PostgreSQL's `date.c` and `timestamp.c`.
final class DateTimeFunctions {
  private DateTimeFunctions() {}

  static void register(FnTable t) {
    registerComparisons(t);
    registerCasts(t);
    registerNow(t);
    registerMaking(t);
    DateTimeArithmetic.register(t);
    DateTimeFields.register(t);
    DateTimeTrunc.register(t);
    OverlapsFunctions.register(t);
  }

  private static void registerComparisons(FnTable t) {
    for (String type : new String[] {"date_", "time_", "timestamp_"}) {
      t.longComparisons(type);
      t.l2(type + "larger", Math::max);
      t.l2(type + "smaller", Math::min);
      t.l2(type + "cmp", Long::compare);
    }
    t.o2("interval_larger", (Interval a, Interval b) -> a.compareTo(b) > 0 ? a : b);
    t.o2("interval_smaller", (Interval a, Interval b) -> a.compareTo(b) < 0 ? a : b);
    t.o2("timetz_larger", (TimeTz a, TimeTz b) -> a.compareTo(b) > 0 ? a : b);
    t.o2("timetz_smaller", (TimeTz a, TimeTz b) -> a.compareTo(b) < 0 ? a : b);
    crossType(t, "date", "timestamp", (c, a, b) -> compareDate(a, b));
    crossType(t, "timestamp", "date", (c, a, b) -> -compareDate(b, a));
    crossType(t, "date", "timestamptz", (c, a, b) -> compareDate(a, b, c.timeZone()));
    crossType(t, "timestamptz", "date", (c, a, b) -> -compareDate(b, a, c.timeZone()));
    crossType(
        t,
        "timestamp",
        "timestamptz",
        (c, a, b) -> Long.compare(DateMath.toInstant(a, c.timeZone()), b));
    crossType(
        t,
        "timestamptz",
        "timestamp",
        (c, a, b) -> Long.compare(a, DateMath.toInstant(b, c.timeZone())));
  }

  private interface Order {
    int compare(EvalContext context, long a, long b);
  }

  private static void crossType(FnTable t, String left, String right, Order order) {
    for (Comparison comparison : Comparison.values()) {
      t.callBool(
          left + "_" + comparison.suffix() + "_" + right,
          c -> comparison.holds(order.compare(c.context(), c.getLong(0), c.getLong(1))));
    }
    t.callLong(left + "_cmp_" + right, c -> order.compare(c.context(), c.getLong(0), c.getLong(1)));
  }

  /// A date beyond the last timestamp is greater than all timestamps but infinity.
  private static int compareDate(long date, long timestamp) {
    if (DateMath.isBeyondTimestamps(date)) {
      return timestamp == DateMath.INFINITY ? -1 : 1;
    }
    return Long.compare(DateMath.dateToTimestamp(date), timestamp);
  }

  private static int compareDate(long date, long instant, ZoneId zone) {
    return DateMath.isBeyondTimestamps(date)
        ? compareDate(date, instant)
        : Long.compare(dateToInstant(date, zone), instant);
  }

  static long dateToInstant(long date, ZoneId zone) {
    return DateMath.toInstant(DateMath.dateToTimestamp(date), zone);
  }

  private static void registerCasts(FnTable t) {
    t.l1("date_timestamp", DateMath::dateToTimestamp);
    t.l1("timestamp_date", DateMath::timestampToDate);
    t.callLong("date_timestamptz", c -> dateToInstant(c.getLong(0), zone(c)));
    t.callLong(
        "timestamptz_date", c -> DateMath.timestampToDate(DateMath.toLocal(c.getLong(0), zone(c))));
    t.callLong("timestamp_timestamptz", c -> DateMath.toInstant(c.getLong(0), zone(c)));
    t.callLong("timestamptz_timestamp", c -> DateMath.toLocal(c.getLong(0), zone(c)));
    t.callLong(
        "timestamp_time",
        c -> DateMath.isFinite(c.getLong(0)) ? DateMath.timeOf(c.getLong(0)) : c.returnNull());
    t.callLong(
        "timestamptz_time",
        c ->
            DateMath.isFinite(c.getLong(0))
                ? DateMath.timeOf(DateMath.toLocal(c.getLong(0), zone(c)))
                : c.returnNull());
    t.lo("time_interval", a -> new Interval(a, 0, 0));
    t.ol("interval_time", (Interval a) -> Math.floorMod(a.micros(), DateMath.MICROS_PER_DAY));
    t.callObject(
        "time_timetz",
        c ->
            new TimeTz(
                c.getLong(0), -DateMath.offsetAt(zone(c), c.context().transactionTimestamp())));
    t.ol("timetz_time", (TimeTz a) -> a.micros());
    t.callObject(
        "timestamptz_timetz",
        c ->
            DateMath.isFinite(c.getLong(0))
                ? new TimeTz(
                    DateMath.timeOf(DateMath.toLocal(c.getLong(0), zone(c))),
                    -DateMath.offsetAt(zone(c), c.getLong(0)))
                : null);
    t.callLong("time_scale", c -> DateMath.round(c.getLong(0), c.getInt(1)));
    for (String type : new String[] {"timestamp", "timestamptz"}) {
      t.callLong(
          type + "_scale", c -> DateMath.round(c.getLong(0), checkPrecision(c, c.getInt(1))));
    }
    t.callObject(
        "timetz_scale",
        c ->
            new TimeTz(
                DateMath.round(c.get(0, TimeTz.class).micros(), c.getInt(1)),
                c.get(0, TimeTz.class).zone()));
    t.callObject("interval_scale", c -> IntervalTypmods.apply(c.interval(0), c.getInt(1)));
    t.callBool("date_finite", c -> DateMath.isFiniteDate(c.getLong(0)));
    t.callBool("timestamp_finite", c -> DateMath.isFinite(c.getLong(0)));
    t.callBool("interval_finite", c -> true);
    registerZones(t);
  }

  /// Of no use in a cast, whose precision was checked when its type was read.
  private static int checkPrecision(Call c, int precision) {
    if (DateMath.isFinite(c.getLong(0)) && precision != -1 && (precision < 0 || precision > 6)) {
      throw PgException.error(
          SqlState.INVALID_PARAMETER_VALUE,
          "timestamp(%d) precision must be between %d and %d",
          precision,
          0,
          6);
    }
    return precision;
  }

  private static String atLeastTwo(String digits) {
    return digits.length() < 2 ? "0" + digits : digits;
  }

  static ZoneId zone(Call c) {
    return c.context().timeZone();
  }

  /// `AT TIME ZONE`.
  private static void registerZones(FnTable t) {
    t.callLong(
        "timestamp_zone",
        c -> DateMath.toInstant(c.getLong(1), TimeZones.forFunction(c.string(0))));
    t.callLong(
        "timestamptz_zone",
        c -> DateMath.toLocal(c.getLong(1), TimeZones.forFunction(c.string(0))));
    t.callLong("timestamp_izone", c -> DateMath.toInstant(c.getLong(1), zoneOf(c.interval(0))));
    t.callLong("timestamptz_izone", c -> DateMath.toLocal(c.getLong(1), zoneOf(c.interval(0))));
    t.callObject(
        "timetz_zone",
        c -> {
          ZoneId zone = TimeZones.forFunction(c.string(0));
          int offset = DateMath.offsetAt(zone, c.context().transactionTimestamp());
          return shift(c.get(1, TimeTz.class), offset);
        });
    t.callObject(
        "timetz_izone",
        c -> shift(c.get(1, TimeTz.class), ((ZoneOffset) zoneOf(c.interval(0))).getTotalSeconds()));
  }

  private static ZoneId zoneOf(Interval offset) {
    if (offset.months() != 0 || offset.days() != 0) {
      ByteWriter text = new ByteWriter();
      IntervalFormat.format(offset, IntervalStyle.POSTGRES, text);
      throw Errors.invalidParameter(
          "interval time zone \"%s\" must not include months or days",
          new String(text.toBytes(), StandardCharsets.US_ASCII));
    }
    try {
      return ZoneOffset.ofTotalSeconds((int) (offset.micros() / DateMath.MICROS_PER_SECOND));
    } catch (DateTimeException e) {
      throw PgException.error(
          SqlState.INVALID_TIME_ZONE_DISPLACEMENT_VALUE, "time zone displacement out of range");
    }
  }

  private static TimeTz shift(TimeTz value, int secondsEast) {
    long utc = value.micros() + value.zone() * DateMath.MICROS_PER_SECOND;
    long local = utc + secondsEast * DateMath.MICROS_PER_SECOND;
    return new TimeTz(Math.floorMod(local, DateMath.MICROS_PER_DAY), -secondsEast);
  }

  private static void registerNow(FnTable t) {
    t.callLong("now", c -> c.context().transactionTimestamp());
    t.callLong("statement_timestamp", c -> c.context().statementTimestamp());
    t.callLong("clock_timestamp", c -> c.context().clockTimestamp());
    t.callObject(
        "timeofday",
        c -> {
          long now = c.context().clockTimestamp();
          return Text.of(
              DateTimeFormatter.ofPattern("EEE MMM dd HH:mm:ss.SSSSSS yyyy", Locale.US)
                      .format(
                          LocalDateTime.of(
                              DateMath.dayOf(DateMath.toLocal(now, zone(c))),
                              LocalTime.ofNanoOfDay(
                                  DateMath.timeOf(DateMath.toLocal(now, zone(c))) * 1000)))
                  + " "
                  + TimeZones.abbreviationAt(zone(c), now));
        });
    t.dl("float8_timestamptz", DateTimeFunctions::fromUnixTime);
  }

  private static long fromUnixTime(double seconds) {
    if (Double.isNaN(seconds)) {
      throw PgException.error(SqlState.DATETIME_FIELD_OVERFLOW, "timestamp cannot be NaN");
    }
    if (Double.isInfinite(seconds)) {
      return seconds > 0 ? DateMath.INFINITY : DateMath.NEGATIVE_INFINITY;
    }
    double micros = Math.rint((seconds - 946_684_800.0) * 1e6);
    if (!(Math.abs(micros) < 0x1p63) || !DateMath.isValidTimestamp((long) micros)) {
      throw PgException.error(
          SqlState.DATETIME_FIELD_OVERFLOW,
          "timestamp out of range: \"%s\"",
          FloatFormat.format(seconds, 1));
    }
    return (long) micros;
  }

  private static void registerMaking(FnTable t) {
    t.callLong("make_date", c -> makeDate(c.getInt(0), c.getInt(1), c.getInt(2)));
    t.callLong("make_time", c -> makeTime(c.getInt(0), c.getInt(1), c.getDouble(2)));
    t.callLong("make_timestamp", DateTimeFunctions::makeTimestamp);
    t.callLong("make_timestamptz", c -> DateMath.toInstant(makeTimestamp(c), zone(c)));
    t.callLong(
        "make_timestamptz_at_timezone",
        c -> DateMath.toInstant(makeTimestamp(c), TimeZones.forFunction(c.string(6))));
    t.callObject("make_interval", DateTimeFunctions::makeInterval);
  }

  private static long makeDate(int year, int month, int day) {
    try {
      if (year == 0) {
        throw new DateTimeException("there is no year 0");
      }
      return DateMath.checkDate(
          DateMath.fromLocalDate(LocalDate.of(year < 0 ? year + 1 : year, month, day)));
    } catch (DateTimeException e) {
      throw PgException.error(
          SqlState.DATETIME_FIELD_OVERFLOW,
          "date field value out of range: %d-%02d-%02d",
          year,
          month,
          day);
    }
  }

  private static long makeTime(int hour, int minute, double seconds) {
    long micros = Math.round(seconds * DateMath.MICROS_PER_SECOND);
    boolean bad =
        hour < 0
            || hour > 24
            || minute < 0
            || minute > 59
            || Double.isNaN(seconds)
            || seconds < 0
            || seconds > 60
            || (hour == 24 && (minute > 0 || micros > 0));
    if (bad) {
      throw PgException.error(
          SqlState.DATETIME_FIELD_OVERFLOW,
          "time field value out of range: %d:%02d:%s",
          hour,
          minute,
          atLeastTwo(FloatFormat.format(seconds, 1)));
    }
    return hour * DateMath.MICROS_PER_HOUR + minute * DateMath.MICROS_PER_MINUTE + micros;
  }

  private static long makeTimestamp(Call c) {
    long date = makeDate(c.getInt(0), c.getInt(1), c.getInt(2));
    return DateMath.timestamp(
        DateMath.toLocalDate(date), makeTime(c.getInt(3), c.getInt(4), c.getDouble(5)));
  }

  private static Interval makeInterval(Call c) {
    double seconds = c.getDouble(6);
    if (Double.isInfinite(seconds) || Double.isNaN(seconds)) {
      throw IntervalMath.outOfRange();
    }
    try {
      long months = c.getLong(0) * 12 + c.getLong(1);
      long days = c.getLong(2) * 7 + c.getLong(3);
      long micros =
          c.getLong(4) * DateMath.MICROS_PER_HOUR
              + c.getLong(5) * DateMath.MICROS_PER_MINUTE
              + Math.round(seconds * DateMath.MICROS_PER_SECOND);
      return new Interval(micros, Math.toIntExact(days), Math.toIntExact(months));
    } catch (ArithmeticException e) {
      throw IntervalMath.outOfRange();
    }
  }
}
