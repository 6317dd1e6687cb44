package dev.lifeline.utils.adt;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads intervals: `1 year 2 mons 3 days 04:05:06`, `1-2`, `3 4:05`, `P1Y2M3DT4H5M6S`, `... ago`.
final class IntervalParser {
  private static final Pattern TOKEN =
      Pattern.compile(
          "\\s*(?:([+-]?\\d+:\\d+(?::\\d+(?:\\.\\d*)?|\\.\\d*)?)"
              + "|([+-]?\\d+-\\d+)"
              + "|([+-]?(?:\\d+(?:\\.\\d*)?|\\.\\d+))"
              + "|([a-zA-Z]+)"
              + "|(@))\\s*");
  private static final Pattern DATE = Pattern.compile("\\d-\\d+-\\d");
  private static final Pattern ISO_PART = Pattern.compile("([+-]?\\d*(?:\\.\\d*)?)([YMWDHST])");

  private final String text;
  private final int range;
  private BigDecimal months = BigDecimal.ZERO;
  private BigDecimal days = BigDecimal.ZERO;
  private BigDecimal micros = BigDecimal.ZERO;

  private IntervalParser(String text, int range) {
    this.text = text;
    this.range = range;
  }

  /// @param typmod restricts the fields and the precision, or -1
  static Interval parse(String text, int typmod) {
    IntervalParser parser = new IntervalParser(text, IntervalTypmod.range(typmod));
    String trimmed = text.strip();
    if (trimmed.startsWith("P") || trimmed.startsWith("-P")) {
      parser.iso(trimmed);
    } else {
      parser.words(trimmed);
    }
    return IntervalTypmods.apply(parser.result(), typmod);
  }

  private PgException badFormat() {
    return PgException.error(
        SqlState.INVALID_DATETIME_FORMAT, "invalid input syntax for type interval: \"%s\"", text);
  }

  private PgException overflow() {
    return PgException.error(
        SqlState.INTERVAL_FIELD_OVERFLOW, "interval field value out of range: \"%s\"", text);
  }

  private Interval result() {
    try {
      return new Interval(
          micros.setScale(0, RoundingMode.HALF_EVEN).longValueExact(),
          days.intValueExact(),
          months.intValueExact());
    } catch (ArithmeticException e) {
      throw overflow();
    }
  }

  private void words(String trimmed) {
    if (trimmed.isEmpty() || DATE.matcher(trimmed).find()) {
      throw badFormat();
    }
    Matcher m = TOKEN.matcher(trimmed);
    int at = 0;
    BigDecimal number = null;
    boolean negative = false;
    boolean any = false;
    while (at < trimmed.length()) {
      m.region(at, trimmed.length());
      if (!m.lookingAt()) {
        throw badFormat();
      }
      at = m.end();
      if (m.group(5) != null) {
        continue;
      }
      if (m.group(4) != null) {
        String word = m.group(4).toLowerCase(Locale.ROOT);
        if (word.equals("ago")) {
          negative = true;
        } else if (number != null) {
          add(number, unit(word));
          number = null;
          any = true;
        } else {
          throw badFormat();
        }
        continue;
      }
      if (number != null) {
        // A number without a unit before a time is days, else it is what the type says.
        add(number, m.group(1) != null ? Unit.DAY : bareUnit());
        number = null;
      }
      any = true;
      if (m.group(1) != null) {
        time(m.group(1));
      } else if (m.group(2) != null) {
        yearMonth(m.group(2));
      } else {
        number = new BigDecimal(m.group(3).endsWith(".") ? m.group(3) + "0" : m.group(3));
      }
    }
    if (number != null) {
      add(number, bareUnit());
    }
    if (!any) {
      throw badFormat();
    }
    if (negative) {
      months = months.negate();
      days = days.negate();
      micros = micros.negate();
    }
  }

  private enum Unit {
    MICROSECOND,
    MILLISECOND,
    SECOND,
    MINUTE,
    HOUR,
    DAY,
    WEEK,
    MONTH,
    YEAR,
    DECADE,
    CENTURY,
    MILLENNIUM
  }

  private Unit unit(String word) {
    return switch (word) {
      case "us",
          "usec",
          "usecs",
          "useconds",
          "usecond",
          "microsecon",
          "microsecond",
          "microseconds" ->
          Unit.MICROSECOND;
      case "ms",
          "msec",
          "msecs",
          "mseconds",
          "msecond",
          "millisecon",
          "millisecond",
          "milliseconds" ->
          Unit.MILLISECOND;
      case "s", "sec", "secs", "second", "seconds" -> Unit.SECOND;
      case "m", "min", "mins", "minute", "minutes" -> Unit.MINUTE;
      case "h", "hr", "hrs", "hour", "hours" -> Unit.HOUR;
      case "d", "day", "days" -> Unit.DAY;
      case "w", "week", "weeks" -> Unit.WEEK;
      case "mon", "mons", "month", "months" -> Unit.MONTH;
      case "y", "yr", "yrs", "year", "years" -> Unit.YEAR;
      case "dec", "decs", "decade", "decades" -> Unit.DECADE;
      case "c", "cent", "century", "centuries" -> Unit.CENTURY;
      case "mil", "mils", "millennia", "millennium" -> Unit.MILLENNIUM;
      default -> throw badFormat();
    };
  }

  /// The unit of a number without one: the smallest field of the type.
  private Unit bareUnit() {
    if (range == IntervalTypmod.FULL_RANGE || (range & IntervalTypmod.SECOND) != 0) {
      return Unit.SECOND;
    }
    if ((range & IntervalTypmod.MINUTE) != 0) {
      return Unit.MINUTE;
    }
    if ((range & IntervalTypmod.HOUR) != 0) {
      return Unit.HOUR;
    }
    if ((range & IntervalTypmod.DAY) != 0) {
      return Unit.DAY;
    }
    return (range & IntervalTypmod.MONTH) != 0 ? Unit.MONTH : Unit.YEAR;
  }

  private void add(BigDecimal value, Unit unit) {
    switch (unit) {
      case MICROSECOND -> addMicros(value, 1);
      case MILLISECOND -> addMicros(value, 1000);
      case SECOND -> addMicros(value, DateMath.MICROS_PER_SECOND);
      case MINUTE -> addMicros(value, DateMath.MICROS_PER_MINUTE);
      case HOUR -> addMicros(value, DateMath.MICROS_PER_HOUR);
      case DAY -> addDays(value);
      case WEEK -> addDays(value.multiply(BigDecimal.valueOf(7)));
      case MONTH -> addMonths(value);
      case YEAR -> addYears(value, 1);
      case DECADE -> addYears(value, 10);
      case CENTURY -> addYears(value, 100);
      case MILLENNIUM -> addYears(value, 1000);
    }
  }

  private void addMicros(BigDecimal value, long unit) {
    micros = micros.add(value.multiply(BigDecimal.valueOf(unit)));
  }

  /// The fraction of a day becomes time.
  private void addDays(BigDecimal value) {
    BigDecimal whole = value.setScale(0, RoundingMode.DOWN);
    days = days.add(whole);
    addMicros(value.subtract(whole), DateMath.MICROS_PER_DAY);
  }

  /// The fraction of a month becomes days of a month of 30.
  private void addMonths(BigDecimal value) {
    BigDecimal whole = value.setScale(0, RoundingMode.DOWN);
    months = months.add(whole);
    addDays(value.subtract(whole).multiply(BigDecimal.valueOf(30)));
  }

  /// The fraction of a year becomes whole months.
  private void addYears(BigDecimal value, int years) {
    BigDecimal exact = value.multiply(BigDecimal.valueOf(12L * years));
    months = months.add(exact.setScale(0, RoundingMode.HALF_EVEN));
  }

  /// `hh:mm`, `hh:mm:ss`, `mm:ss.fff`.
  private void time(String token) {
    boolean negative = token.startsWith("-");
    String[] parts = token.replaceFirst("^[+-]", "").split(":", -1);
    boolean minuteSecond =
        parts.length == 2
            && (parts[1].indexOf('.') >= 0
                || range == (IntervalTypmod.MINUTE | IntervalTypmod.SECOND));
    BigDecimal total;
    if (minuteSecond) {
      total = part(parts[0], 60).add(part(parts[1], 1));
    } else {
      checkSixty(parts[1]);
      total = part(parts[0], 3600).add(part(parts[1], 60));
      if (parts.length == 3) {
        checkSixty(parts[2]);
        total = total.add(part(parts[2], 1));
      }
    }
    addMicros(negative ? total.negate() : total, DateMath.MICROS_PER_SECOND);
  }

  private void checkSixty(String digits) {
    if (new BigDecimal(digits + (digits.endsWith(".") ? "0" : "")).compareTo(BigDecimal.valueOf(60))
        > 0) {
      throw overflow();
    }
  }

  private static BigDecimal part(String digits, int unit) {
    return new BigDecimal(digits + (digits.endsWith(".") ? "0" : ""))
        .multiply(BigDecimal.valueOf(unit));
  }

  /// `years-months`.
  private void yearMonth(String token) {
    boolean negative = token.startsWith("-");
    String[] parts = token.replaceFirst("^[+-]", "").split("-", -1);
    BigDecimal extra = new BigDecimal(parts[1]);
    if (extra.compareTo(BigDecimal.valueOf(11)) > 0) {
      throw overflow();
    }
    BigDecimal total = new BigDecimal(parts[0]).multiply(BigDecimal.valueOf(12)).add(extra);
    months = months.add(negative ? total.negate() : total);
  }

  private void iso(String trimmed) {
    boolean negative = trimmed.startsWith("-");
    String rest = trimmed.substring(negative ? 2 : 1);
    if (rest.isEmpty()) {
      throw badFormat();
    }
    boolean time = false;
    int at = 0;
    Matcher m = ISO_PART.matcher(rest);
    while (at < rest.length()) {
      m.region(at, rest.length());
      if (!m.lookingAt()) {
        throw badFormat();
      }
      at = m.end();
      char letter = m.group(2).charAt(0);
      String digits = m.group(1);
      if (letter == 'T') {
        if (time || !digits.isEmpty()) {
          throw badFormat();
        }
        time = true;
        continue;
      }
      BigDecimal value;
      try {
        value = new BigDecimal(digits);
      } catch (NumberFormatException e) {
        throw badFormat();
      }
      add(value, isoUnit(letter, time));
    }
    if (negative) {
      months = months.negate();
      days = days.negate();
      micros = micros.negate();
    }
  }

  private Unit isoUnit(char letter, boolean time) {
    if (time) {
      return switch (letter) {
        case 'H' -> Unit.HOUR;
        case 'M' -> Unit.MINUTE;
        case 'S' -> Unit.SECOND;
        default -> throw badFormat();
      };
    }
    return switch (letter) {
      case 'Y' -> Unit.YEAR;
      case 'M' -> Unit.MONTH;
      case 'W' -> Unit.WEEK;
      case 'D' -> Unit.DAY;
      default -> throw badFormat();
    };
  }
}
