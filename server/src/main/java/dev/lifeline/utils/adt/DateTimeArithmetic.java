package dev.lifeline.utils.adt;

import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import dev.lifeline.utils.fmgr.Call;
import dev.lifeline.utils.fmgr.FnTable;
import dev.lifeline.utils.fmgr.SetIterator;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Sums and differences of dates, times and intervals, `age`, and series of timestamps.
final class DateTimeArithmetic {
  private DateTimeArithmetic() {}

  static void register(FnTable t) {
    registerDates(t);
    registerTimestamps(t);
    registerTimes(t);
    registerIntervals(t);
    registerAges(t);
    t.set("generate_series_timestamp", c -> new Series(c, null));
    t.set("generate_series_timestamptz", c -> new Series(c, DateTimeFunctions.zone(c)));
  }

  private static void registerDates(FnTable t) {
    t.l2("date_pli", DateTimeArithmetic::addDays);
    t.l2("date_mii", (a, b) -> addDays(a, -b));
    t.l2("integer_pl_date(23,1082)", (a, b) -> addDays(b, a));
    t.l2(
        "date_mi",
        (a, b) -> {
          if (!DateMath.isFiniteDate(a) || !DateMath.isFiniteDate(b)) {
            throw PgException.error(
                SqlState.DATETIME_FIELD_OVERFLOW, "cannot subtract infinite dates");
          }
          return a - b;
        });
    t.callLong(
        "date_pl_interval",
        c -> DateMath.addInterval(DateMath.dateToTimestamp(c.getLong(0)), c.interval(1)));
    t.callLong(
        "date_mi_interval",
        c ->
            DateMath.addInterval(
                DateMath.dateToTimestamp(c.getLong(0)), IntervalMath.negate(c.interval(1))));
    t.callLong(
        "interval_pl_date(1186,1082)",
        c -> DateMath.addInterval(DateMath.dateToTimestamp(c.getLong(1)), c.interval(0)));
    t.l2("datetime_timestamp", DateTimeArithmetic::dateAndTime);
    t.l2("timedate_pl(1083,1082)", (time, date) -> dateAndTime(date, time));
    t.callLong(
        "timestamptz(1082,1083)",
        c ->
            DateMath.toInstant(dateAndTime(c.getLong(0), c.getLong(1)), DateTimeFunctions.zone(c)));
    t.callLong("datetimetz_timestamptz", c -> dateAndTimeTz(c.getLong(0), c.get(1, TimeTz.class)));
    t.callLong(
        "timetzdate_pl(1266,1082)", c -> dateAndTimeTz(c.getLong(1), c.get(0, TimeTz.class)));
  }

  private static long addDays(long date, long days) {
    return DateMath.isFiniteDate(date) ? DateMath.checkDate(date + days) : date;
  }

  private static long dateAndTime(long date, long time) {
    long midnight = DateMath.dateToTimestamp(date);
    return DateMath.isFinite(midnight) ? DateMath.checkTimestamp(midnight + time) : midnight;
  }

  private static long dateAndTimeTz(long date, TimeTz time) {
    long midnight = DateMath.dateToTimestamp(date);
    return DateMath.isFinite(midnight)
        ? DateMath.checkTimestamp(
            midnight + time.micros() + time.zone() * DateMath.MICROS_PER_SECOND)
        : midnight;
  }

  private static void registerTimestamps(FnTable t) {
    t.callObject("timestamp_mi", c -> difference(c.getLong(0), c.getLong(1)));
    t.callLong("timestamp_pl_interval", c -> DateMath.addInterval(c.getLong(0), c.interval(1)));
    t.callLong(
        "timestamp_mi_interval",
        c -> DateMath.addInterval(c.getLong(0), IntervalMath.negate(c.interval(1))));
    t.callLong(
        "interval_pl_timestamp(1186,1114)", c -> DateMath.addInterval(c.getLong(1), c.interval(0)));
    t.callLong(
        "timestamptz_pl_interval",
        c -> DateMath.addInterval(c.getLong(0), c.interval(1), DateTimeFunctions.zone(c)));
    t.callLong(
        "timestamptz_mi_interval",
        c ->
            DateMath.addInterval(
                c.getLong(0), IntervalMath.negate(c.interval(1)), DateTimeFunctions.zone(c)));
    t.callLong(
        "interval_pl_timestamptz(1186,1184)",
        c -> DateMath.addInterval(c.getLong(1), c.interval(0), DateTimeFunctions.zone(c)));
  }

  private static Interval difference(long a, long b) {
    if (!DateMath.isFinite(a) || !DateMath.isFinite(b)) {
      throw PgException.error(
          SqlState.DATETIME_FIELD_OVERFLOW, "cannot subtract infinite timestamps");
    }
    try {
      return IntervalMath.justifyHours(new Interval(Math.subtractExact(a, b), 0, 0));
    } catch (ArithmeticException e) {
      throw IntervalMath.outOfRange();
    }
  }

  private static void registerTimes(FnTable t) {
    t.callObject("time_mi_time", c -> new Interval(c.getLong(0) - c.getLong(1), 0, 0));
    t.callLong("time_pl_interval", c -> wrap(c.getLong(0) + c.interval(1).micros()));
    t.callLong("time_mi_interval", c -> wrap(c.getLong(0) - c.interval(1).micros()));
    t.callLong("interval_pl_time(1186,1083)", c -> wrap(c.getLong(1) + c.interval(0).micros()));
    t.o2("timetz_pl_interval", (TimeTz a, Interval b) -> add(a, b.micros()));
    t.o2("timetz_mi_interval", (TimeTz a, Interval b) -> add(a, -b.micros()));
    t.o2("interval_pl_timetz(1186,1266)", (Interval a, TimeTz b) -> add(b, a.micros()));
  }

  private static long wrap(long micros) {
    return Math.floorMod(micros, DateMath.MICROS_PER_DAY);
  }

  private static TimeTz add(TimeTz a, long micros) {
    return new TimeTz(wrap(a.micros() + micros), a.zone());
  }

  private static void registerIntervals(FnTable t) {
    t.o2("interval_pl", IntervalMath::add);
    t.o2("interval_mi", IntervalMath::subtract);
    t.o1("interval_um", IntervalMath::negate);
    t.callObject("interval_mul", c -> IntervalMath.multiply(c.interval(0), c.getDouble(1)));
    t.callObject("mul_d_interval", c -> IntervalMath.multiply(c.interval(1), c.getDouble(0)));
    t.callObject("interval_div", c -> IntervalMath.divide(c.interval(0), c.getDouble(1)));
    t.o1("interval_justify_hours", IntervalMath::justifyHours);
    t.o1("interval_justify_days", IntervalMath::justifyDays);
    t.o1("interval_justify_interval", IntervalMath::justify);
  }

  private static void registerAges(FnTable t) {
    t.callObject("timestamp_age", c -> age(c.getLong(0), c.getLong(1)));
    t.callObject(
        "timestamptz_age",
        c -> {
          ZoneId zone = DateTimeFunctions.zone(c);
          return age(DateMath.toLocal(c.getLong(0), zone), DateMath.toLocal(c.getLong(1), zone));
        });
    t.callObject("age(1114)", c -> age(today(c), c.getLong(0)));
    t.callObject(
        "age(1184)", c -> age(today(c), DateMath.toLocal(c.getLong(0), DateTimeFunctions.zone(c))));
  }

  /// The midnight with which today began.
  private static long today(Call c) {
    long local = DateMath.toLocal(c.context().transactionTimestamp(), DateTimeFunctions.zone(c));
    return Math.floorDiv(local, DateMath.MICROS_PER_DAY) * DateMath.MICROS_PER_DAY;
  }

  /// The difference in years, months, days and time, as people count it.
  private static Interval age(long a, long b) {
    if (!DateMath.isFinite(a) || !DateMath.isFinite(b)) {
      throw DateMath.timestampOutOfRange();
    }
    boolean negative = a < b;
    long later = negative ? b : a;
    long earlier = negative ? a : b;
    LocalDate laterDay = DateMath.dayOf(later);
    LocalDate earlierDay = DateMath.dayOf(earlier);
    long micros = DateMath.timeOf(later) - DateMath.timeOf(earlier);
    int days = laterDay.getDayOfMonth() - earlierDay.getDayOfMonth();
    int months =
        (laterDay.getYear() - earlierDay.getYear()) * 12
            + laterDay.getMonthValue()
            - earlierDay.getMonthValue();
    if (micros < 0) {
      micros += DateMath.MICROS_PER_DAY;
      days--;
    }
    if (days < 0) {
      // A borrowed month is as long as the month of the earlier date.
      days += earlierDay.lengthOfMonth();
      months--;
    }
    return negative ? new Interval(-micros, -days, -months) : new Interval(micros, days, months);
  }

  /// `generate_series` of timestamps.
  private static final class Series implements SetIterator {
    private long next;
    private final long stop;
    private final Interval step;
    private final @Nullable ZoneId zone;
    private final int direction;

    Series(Call c, @Nullable ZoneId zone) {
      this.next = c.getLong(0);
      this.stop = c.getLong(1);
      this.step = c.interval(2);
      this.zone = zone;
      this.direction = step.compareTo(Interval.ZERO);
      if (direction == 0) {
        throw Errors.invalidParameter("step size cannot equal zero");
      }
    }

    @Override
    public boolean next(List<Column> out, int row) {
      if (direction > 0 ? next > stop : next < stop) {
        return false;
      }
      out.getFirst().setLong(row, next);
      ZoneId in = zone;
      next = in == null ? DateMath.addInterval(next, step) : DateMath.addInterval(next, step, in);
      return true;
    }
  }
}
