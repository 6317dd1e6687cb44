package dev.lifeline.utils.adt;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;

/// The arithmetic of intervals.
final class IntervalMath {
  static final long MICROS_PER_DAY = 86_400_000_000L;
  private static final int DAYS_PER_MONTH = 30;

  private IntervalMath() {}

  static PgException outOfRange() {
    return PgException.error(SqlState.DATETIME_FIELD_OVERFLOW, "interval out of range");
  }

  static Interval add(Interval a, Interval b) {
    try {
      return new Interval(
          Math.addExact(a.micros(), b.micros()),
          Math.addExact(a.days(), b.days()),
          Math.addExact(a.months(), b.months()));
    } catch (ArithmeticException e) {
      throw outOfRange();
    }
  }

  static Interval negate(Interval a) {
    try {
      return new Interval(
          Math.negateExact(a.micros()), Math.negateExact(a.days()), Math.negateExact(a.months()));
    } catch (ArithmeticException e) {
      throw outOfRange();
    }
  }

  static Interval subtract(Interval a, Interval b) {
    try {
      return new Interval(
          Math.subtractExact(a.micros(), b.micros()),
          Math.subtractExact(a.days(), b.days()),
          Math.subtractExact(a.months(), b.months()));
    } catch (ArithmeticException e) {
      throw outOfRange();
    }
  }

  /// Fractions of a month go down into days, fractions of a day into the time.
  static Interval multiply(Interval a, double factor) {
    return scale(a, a.months() * factor, a.days() * factor, a.micros() * factor, factor, false);
  }

  static Interval divide(Interval a, double divisor) {
    if (divisor == 0) {
      throw Errors.divisionByZero();
    }
    return scale(a, a.months() / divisor, a.days() / divisor, a.micros() / divisor, divisor, true);
  }

  private static Interval scale(
      Interval a, double months, double days, double micros, double by, boolean divided) {
    if (Double.isNaN(months)
        || Math.abs(months) > Integer.MAX_VALUE
        || Double.isNaN(days)
        || Math.abs(days) > Integer.MAX_VALUE) {
      throw outOfRange();
    }
    int wholeMonths = (int) months;
    int wholeDays = (int) days;
    double monthRest = divided ? a.months() / by : a.months() * by;
    double restDays = roundMicros((monthRest - wholeMonths) * DAYS_PER_MONTH);
    double dayRest = divided ? a.days() / by : a.days() * by;
    double restSeconds = roundMicros((dayRest - wholeDays + restDays - (int) restDays) * 86_400);
    if (Math.abs(restSeconds) >= 86_400) {
      int carried = (int) (restSeconds / 86_400);
      wholeDays += carried;
      restSeconds -= carried * 86_400.0;
    }
    wholeDays += (int) restDays;
    double time = Math.rint(micros + restSeconds * 1_000_000);
    if (!(Math.abs(time) < 0x1p63)) {
      throw outOfRange();
    }
    return new Interval((long) time, wholeDays, wholeMonths);
  }

  private static double roundMicros(double value) {
    return Math.rint(value * 1_000_000) / 1_000_000;
  }

  /// Every 24 hours become a day.
  static Interval justifyHours(Interval a) {
    long moved = a.micros() / MICROS_PER_DAY;
    long micros = a.micros() - moved * MICROS_PER_DAY;
    int days = toInt(a.days() + moved);
    if (days > 0 && micros < 0) {
      micros += MICROS_PER_DAY;
      days--;
    } else if (days < 0 && micros > 0) {
      micros -= MICROS_PER_DAY;
      days++;
    }
    return new Interval(micros, days, a.months());
  }

  /// Every 30 days become a month.
  static Interval justifyDays(Interval a) {
    int moved = a.days() / DAYS_PER_MONTH;
    int days = a.days() - moved * DAYS_PER_MONTH;
    int months = toInt((long) a.months() + moved);
    if (months > 0 && days < 0) {
      days += DAYS_PER_MONTH;
      months--;
    } else if (months < 0 && days > 0) {
      days -= DAYS_PER_MONTH;
      months++;
    }
    return new Interval(a.micros(), days, months);
  }

  /// Both, and all parts of one sign.
  static Interval justify(Interval a) {
    long movedDays = a.micros() / MICROS_PER_DAY;
    long micros = a.micros() - movedDays * MICROS_PER_DAY;
    int days = toInt(a.days() + movedDays);
    int movedMonths = days / DAYS_PER_MONTH;
    days -= movedMonths * DAYS_PER_MONTH;
    int months = toInt((long) a.months() + movedMonths);
    if (months > 0 && (days < 0 || (days == 0 && micros < 0))) {
      days += DAYS_PER_MONTH;
      months--;
    } else if (months < 0 && (days > 0 || (days == 0 && micros > 0))) {
      days -= DAYS_PER_MONTH;
      months++;
    }
    if (days > 0 && micros < 0) {
      micros += MICROS_PER_DAY;
      days--;
    } else if (days < 0 && micros > 0) {
      micros -= MICROS_PER_DAY;
      days++;
    }
    return new Interval(micros, days, months);
  }

  private static int toInt(long value) {
    if (value != (int) value) {
      throw outOfRange();
    }
    return (int) value;
  }
}
