package dev.lifeline.utils.adt;

import dev.lifeline.utils.adt.DateTimeStyle.Format;
import dev.lifeline.utils.adt.DateTimeStyle.Order;
import java.time.LocalDate;
import java.time.ZoneId;

/// The text form of dates and times in the styles of `DateStyle`.
final class DateTimeFormat {
  private static final String[] DAYS = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
  private static final String[] MONTHS = {
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
  };

  private DateTimeFormat() {}

  static void date(long date, EvalContext context, ByteWriter out) {
    if (date == DateMath.DATE_INFINITY) {
      out.ascii("infinity");
      return;
    }
    if (date == DateMath.DATE_NEGATIVE_INFINITY) {
      out.ascii("-infinity");
      return;
    }
    LocalDate day = DateMath.toLocalDate(date);
    DateTimeStyle style = context.dateStyle();
    switch (style.format()) {
      case ISO -> isoDay(day, out);
      case SQL -> numbers(day, style.order() == Order.DMY, '/', out);
      case GERMAN -> numbers(day, true, '.', out);
      case POSTGRES -> {
        if (style.order() == Order.YMD) {
          isoDay(day, out);
        } else {
          numbers(day, style.order() == Order.DMY, '-', out);
        }
      }
    }
    era(day, out);
  }

  private static int shownYear(LocalDate day) {
    return day.getYear() > 0 ? day.getYear() : 1 - day.getYear();
  }

  private static void era(LocalDate day, ByteWriter out) {
    if (day.getYear() <= 0) {
      out.ascii(" BC");
    }
  }

  private static void isoDay(LocalDate day, ByteWriter out) {
    out.decimal(shownYear(day), 4);
    out.int8('-');
    out.decimal(day.getMonthValue(), 2);
    out.int8('-');
    out.decimal(day.getDayOfMonth(), 2);
  }

  private static void numbers(LocalDate day, boolean dayFirst, char separator, ByteWriter out) {
    out.decimal(dayFirst ? day.getDayOfMonth() : day.getMonthValue(), 2);
    out.int8(separator);
    out.decimal(dayFirst ? day.getMonthValue() : day.getDayOfMonth(), 2);
    out.int8(separator);
    out.decimal(shownYear(day), 4);
  }

  /// `04:05:06.789`, without trailing zeros.
  static void time(long micros, ByteWriter out) {
    out.decimal(micros / DateMath.MICROS_PER_HOUR, 2);
    out.int8(':');
    out.decimal(micros / DateMath.MICROS_PER_MINUTE % 60, 2);
    out.int8(':');
    seconds(micros % DateMath.MICROS_PER_MINUTE, 2, out);
  }

  /// Seconds and their fraction, without trailing zeros.
  static void seconds(long micros, int width, ByteWriter out) {
    out.decimal(micros / DateMath.MICROS_PER_SECOND, width);
    long fraction = micros % DateMath.MICROS_PER_SECOND;
    if (fraction == 0) {
      return;
    }
    int digits = 6;
    while (fraction % 10 == 0) {
      fraction /= 10;
      digits--;
    }
    out.int8('.');
    out.decimal(fraction, digits);
  }

  static void timestamp(long timestamp, EvalContext context, ByteWriter out) {
    if (!infinite(timestamp, out)) {
      write(timestamp, null, timestamp, context, out);
    }
  }

  static void timestampTz(long timestamp, EvalContext context, ByteWriter out) {
    if (!infinite(timestamp, out)) {
      ZoneId zone = context.timeZone();
      write(DateMath.toLocal(timestamp, zone), zone, timestamp, context, out);
    }
  }

  private static boolean infinite(long timestamp, ByteWriter out) {
    if (DateMath.isFinite(timestamp)) {
      return false;
    }
    out.ascii(timestamp > 0 ? "infinity" : "-infinity");
    return true;
  }

  /// @param zone null for a timestamp without time zone
  private static void write(
      long local,
      @org.jspecify.annotations.Nullable ZoneId zone,
      long instant,
      EvalContext context,
      ByteWriter out) {
    LocalDate day = DateMath.dayOf(local);
    long time = DateMath.timeOf(local);
    DateTimeStyle style = context.dateStyle();
    boolean dayFirst = style.order() == Order.DMY;
    switch (style.format()) {
      case ISO -> isoDay(day, out);
      case SQL -> numbers(day, dayFirst, '/', out);
      case GERMAN -> numbers(day, true, '.', out);
      case POSTGRES -> {
        out.ascii(DAYS[day.getDayOfWeek().getValue() - 1]);
        out.int8(' ');
        String month = MONTHS[day.getMonthValue() - 1];
        if (dayFirst) {
          out.decimal(day.getDayOfMonth(), 2);
          out.ascii(" " + month);
        } else {
          out.ascii(month + " ");
          out.decimal(day.getDayOfMonth(), 2);
        }
      }
    }
    out.int8(' ');
    time(time, out);
    if (style.format() == Format.POSTGRES) {
      out.int8(' ');
      out.decimal(shownYear(day), 4);
    }
    if (zone != null) {
      if (style.format() == Format.ISO) {
        out.ascii(offset(DateMath.offsetAt(zone, instant)));
      } else {
        out.int8(' ');
        out.ascii(TimeZones.abbreviationAt(zone, instant));
      }
    }
    era(day, out);
  }

  /// `+01`, `-03:30`.
  static String offset(int secondsEast) {
    int seconds = Math.abs(secondsEast);
    StringBuilder text = new StringBuilder(secondsEast < 0 ? "-" : "+");
    two(text, seconds / 3600);
    if (seconds % 3600 != 0) {
      two(text.append(':'), seconds / 60 % 60);
      if (seconds % 60 != 0) {
        two(text.append(':'), seconds % 60);
      }
    }
    return text.toString();
  }

  private static void two(StringBuilder text, int value) {
    text.append((char) ('0' + value / 10)).append((char) ('0' + value % 10));
  }
}
