package dev.lifeline.utils.adt;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.IsoFields;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// `to_char` of dates, timestamps and intervals.
final class DateToChar {
  private static final String[] MONTHS = {
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December"
  };
  private static final String[] DAYS = {
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"
  };
  private static final String[] ROMAN = {
    "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"
  };

  private final @Nullable LocalDate day;
  private final long years;
  private final int month;
  private final int dayOfMonth;
  private final long hour;
  private final long rest;
  private final int offset;
  private final String zone;

  private DateToChar(
      @Nullable LocalDate day,
      long years,
      int month,
      int dayOfMonth,
      long hour,
      long rest,
      int offset,
      String zone) {
    this.day = day;
    this.years = years;
    this.month = month;
    this.dayOfMonth = dayOfMonth;
    this.hour = hour;
    this.rest = rest;
    this.offset = offset;
    this.zone = zone;
  }

  static DateToChar of(long local, long instant, @Nullable ZoneId zone) {
    LocalDate day = DateMath.dayOf(local);
    long time = DateMath.timeOf(local);
    return new DateToChar(
        day,
        day.getYear(),
        day.getMonthValue(),
        day.getDayOfMonth(),
        time / DateMath.MICROS_PER_HOUR,
        time % DateMath.MICROS_PER_HOUR,
        zone == null ? 0 : DateMath.offsetAt(zone, instant),
        zone == null ? "" : TimeZones.abbreviationAt(zone, instant));
  }

  static DateToChar of(Interval value) {
    return new DateToChar(
        null,
        value.months() / 12,
        value.months() % 12,
        value.days(),
        value.micros() / DateMath.MICROS_PER_HOUR,
        value.micros() % DateMath.MICROS_PER_HOUR,
        0,
        "");
  }

  String format(String pattern) {
    StringBuilder out = new StringBuilder();
    for (FormatPattern.Part part : FormatPattern.parse(pattern)) {
      if (part.keyword().isEmpty()) {
        out.append(part.text());
      } else {
        out.append(keyword(part));
      }
    }
    return out.toString();
  }

  private static String number(FormatPattern.Part part, long value, int width) {
    String digits = Long.toString(Math.abs(value));
    String padded =
        part.fill() ? digits : "0".repeat(Math.max(0, width - digits.length())) + digits;
    return (value < 0 ? "-" : "") + padded + (part.ordinal() ? ordinal(part, value) : "");
  }

  private static String ordinal(FormatPattern.Part part, long value) {
    long last = Math.abs(value) % 100;
    String suffix =
        last >= 11 && last <= 13
            ? "th"
            : switch ((int) (last % 10)) {
              case 1 -> "st";
              case 2 -> "nd";
              case 3 -> "rd";
              default -> "th";
            };
    return part.upperOrdinal() ? suffix.toUpperCase(Locale.ROOT) : suffix;
  }

  private static String cased(FormatPattern.Part part, String name, int width) {
    String text =
        part.lower()
            ? name.toLowerCase(Locale.ROOT)
            : part.capitalized() ? name : name.toUpperCase(Locale.ROOT);
    return part.fill() ? text : text + " ".repeat(Math.max(0, width - text.length()));
  }

  private LocalDate calendar() {
    if (day == null) {
      throw PgException.error(
              SqlState.INVALID_DATETIME_FORMAT,
              "invalid format specification for an interval value")
          .hint("Intervals are not tied to specific calendar dates.");
    }
    return day;
  }

  private long shownYear() {
    return day != null && years <= 0 ? 1 - years : years;
  }

  private String keyword(FormatPattern.Part part) {
    return switch (part.keyword()) {
      case "HH24" -> number(part, hour, 2);
      case "HH", "HH12" -> number(part, hour % 12 == 0 ? 12 : hour % 12, 2);
      case "MI" -> number(part, rest / DateMath.MICROS_PER_MINUTE, 2);
      case "SS" -> number(part, seconds(), 2);
      case "MS" -> number(part, micros() / 1000, 3);
      case "US" -> number(part, micros(), 6);
      case "FF1", "FF2", "FF3", "FF4", "FF5", "FF6" -> {
        int digits = part.keyword().charAt(2) - '0';
        yield String.format("%06d", Math.abs(micros())).substring(0, digits);
      }
      case "SSSS", "SSSSS" -> number(part, hour * 3600 + rest / DateMath.MICROS_PER_SECOND, 0);
      case "AM", "PM" -> meridiem(part, hour % 24 >= 12 ? "PM" : "AM");
      case "A.M.", "P.M." -> meridiem(part, hour % 24 >= 12 ? "P.M." : "A.M.");
      case "TZ" -> part.lower() ? zone.toLowerCase(Locale.ROOT) : zone;
      case "OF" -> DateTimeFormat.offset(offset);
      case "TZH" -> String.format("%s%02d", offset < 0 ? "-" : "+", Math.abs(offset) / 3600);
      case "TZM" -> String.format("%02d", Math.abs(offset) / 60 % 60);
      default -> dateKeyword(part);
    };
  }

  private long seconds() {
    return rest / DateMath.MICROS_PER_SECOND % 60;
  }

  private long micros() {
    return rest % DateMath.MICROS_PER_SECOND;
  }

  private static String meridiem(FormatPattern.Part part, String text) {
    return part.lower() ? text.toLowerCase(Locale.ROOT) : text;
  }

  private String dateKeyword(FormatPattern.Part part) {
    return switch (part.keyword()) {
      case "YYYY" -> number(part, shownYear(), 4);
      case "Y,YYY" ->
          number(part, shownYear() / 1000, 1) + "," + String.format("%03d", shownYear() % 1000);
      case "YYY" -> number(part, shownYear() % 1000, 3);
      case "YY" -> number(part, shownYear() % 100, 2);
      case "Y" -> number(part, shownYear() % 10, 1);
      case "MM" -> number(part, month, 2);
      case "DD" -> number(part, dayOfMonth, 2);
      case "CC" -> number(part, century(), 2);
      case "BC", "AD" -> meridiem(part, years <= 0 ? "BC" : "AD");
      case "B.C.", "A.D." -> meridiem(part, years <= 0 ? "B.C." : "A.D.");
      case "RM" -> month == 0 ? "" : cased(part, ROMAN[(month + 11) % 12], 4);
      case "Q" -> month == 0 ? "" : number(part, (month - 1) / 3 + 1, 1);
      default -> calendarKeyword(part, calendar());
    };
  }

  private long century() {
    long year = years;
    return year > 0 ? (year + 99) / 100 : -((100 - year) / 100);
  }

  private static String calendarKeyword(FormatPattern.Part part, LocalDate day) {
    int weekday = day.getDayOfWeek().getValue();
    String monthName = MONTHS[day.getMonthValue() - 1];
    String dayName = DAYS[weekday - 1];
    int isoYear = day.get(IsoFields.WEEK_BASED_YEAR);
    return switch (part.keyword()) {
      case "MONTH" -> cased(part, monthName, 9);
      case "MON" -> cased(part, monthName.substring(0, 3), 3);
      case "DAY" -> cased(part, dayName, 9);
      case "DY" -> cased(part, dayName.substring(0, 3), 3);
      case "DDD" -> number(part, day.getDayOfYear(), 3);
      case "IDDD" ->
          number(part, (day.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR) - 1) * 7L + weekday, 3);
      case "D" -> number(part, weekday % 7 + 1, 1);
      case "ID" -> number(part, weekday, 1);
      case "W" -> number(part, (day.getDayOfMonth() - 1) / 7 + 1, 1);
      case "WW" -> number(part, (day.getDayOfYear() - 1) / 7 + 1, 2);
      case "IW" -> number(part, day.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR), 2);
      case "IYYY" -> number(part, isoYear, 4);
      case "IYY" -> number(part, isoYear % 1000, 3);
      case "IY" -> number(part, isoYear % 100, 2);
      case "I" -> number(part, isoYear % 10, 1);
      case "J" -> number(part, DateMath.fromLocalDate(day) + DateMath.EPOCH_JULIAN, 0);
      default -> throw new IllegalStateException(part.keyword());
    };
  }
}
