package dev.lifeline.utils.adt;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;

/// `to_date` and `to_timestamp`: reads a string by a template.
final class DateFromChar {
  private final String text;
  private int at;
  private int year = Integer.MIN_VALUE;
  private int month = 1;
  private int dayOfMonth = 1;
  private int dayOfYear;
  private long julian = Long.MIN_VALUE;
  private long hour;
  private long minute;
  private long second;
  private long micros;
  private int meridiem = -1;
  private boolean bc;
  private int offsetHours = Integer.MIN_VALUE;
  private int offsetMinutes;

  private DateFromChar(String text) {
    this.text = text;
  }

  private PgException invalid(FormatPattern.Part part, String value) {
    return PgException.error(
            SqlState.INVALID_DATETIME_FORMAT, "invalid value \"%s\" for \"%s\"", value, part.text())
        .detail("Value must be an integer.");
  }

  private PgException outOfRange() {
    return PgException.error(
        SqlState.DATETIME_FIELD_OVERFLOW, "date/time field value out of range: \"%s\"", text);
  }

  static long toDate(String text, String pattern) {
    DateFromChar reader = new DateFromChar(text);
    reader.read(FormatPattern.parse(pattern));
    return DateMath.checkDate(DateMath.fromLocalDate(reader.day()));
  }

  static long toTimestamp(String text, String pattern, ZoneId zone) {
    DateFromChar reader = new DateFromChar(text);
    reader.read(FormatPattern.parse(pattern));
    long local = DateMath.timestamp(reader.day(), reader.time());
    ZoneId in =
        reader.offsetHours == Integer.MIN_VALUE
            ? zone
            : ZoneOffset.ofHoursMinutes(
                reader.offsetHours,
                reader.offsetHours < 0 ? -reader.offsetMinutes : reader.offsetMinutes);
    return DateMath.toInstant(local, in);
  }

  private void read(List<FormatPattern.Part> parts) {
    for (int i = 0; i < parts.size() && at < text.length(); i++) {
      FormatPattern.Part part = parts.get(i);
      if (part.keyword().isEmpty()) {
        literal(part);
        continue;
      }
      skipSpace();
      boolean digitFollows =
          i + 1 < parts.size()
              && !parts.get(i + 1).keyword().isEmpty()
              && isNumeric(parts.get(i + 1).keyword());
      keyword(part, digitFollows);
    }
  }

  private static boolean isNumeric(String keyword) {
    return !List.of("MONTH", "MON", "DAY", "DY", "AM", "PM", "A.M.", "P.M.", "BC", "AD", "RM", "TZ")
        .contains(keyword);
  }

  /// A separator matches any separator; other text is only counted.
  private void literal(FormatPattern.Part part) {
    for (int i = 0; i < part.text().length() && at < text.length(); i++) {
      char c = part.text().charAt(i);
      char in = text.charAt(at);
      if (Character.isWhitespace(c)) {
        skipSpace();
      } else if (part.quoted() || Character.isLetterOrDigit(c)) {
        at++;
      } else if (!Character.isLetterOrDigit(in)) {
        at++;
      }
    }
  }

  private void skipSpace() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
  }

  /// @param max how many digits may be taken
  private int number(FormatPattern.Part part, int max) {
    int start = at;
    if (at < text.length() && (text.charAt(at) == '-' || text.charAt(at) == '+') && max > 2) {
      at++;
    }
    int digits = at;
    while (at < text.length() && at - digits < max && Character.isDigit(text.charAt(at))) {
      at++;
    }
    if (at == digits) {
      throw invalid(part, text.substring(start, Math.min(text.length(), start + max)));
    }
    int value = Integer.parseInt(text.substring(start, at));
    if (part.ordinal() && at + 2 <= text.length()) {
      at += 2;
    }
    return value;
  }

  private static int width(boolean exact, int digits) {
    return exact ? digits : 9;
  }

  private void keyword(FormatPattern.Part part, boolean digitFollows) {
    boolean exact = digitFollows && !part.fill();
    switch (part.keyword()) {
      case "YYYY", "IYYY" -> year = number(part, width(exact, 4));
      case "YYY" -> year = shortYear(number(part, 3), 3);
      case "YY", "IY" -> year = shortYear(number(part, 2), 2);
      case "Y" -> year = shortYear(number(part, 1), 1);
      case "Y,YYY" -> {
        int thousands = number(part, 9);
        at++;
        year = thousands * 1000 + number(part, 3);
      }
      case "MM" -> month = number(part, 2);
      case "DD" -> dayOfMonth = number(part, 2);
      case "DDD" -> dayOfYear = number(part, 3);
      case "J" -> julian = number(part, 9);
      case "HH24" -> hour = number(part, 2);
      case "HH", "HH12" -> {
        hour = number(part, 2);
        if (hour < 1 || hour > 12) {
          throw PgException.error(
                  SqlState.INVALID_DATETIME_FORMAT,
                  "hour \"%d\" is invalid for the 12-hour clock",
                  hour)
              .hint("Use the 24-hour clock, or give an hour between 1 and 12.");
        }
        meridiem = Math.max(meridiem, 0);
      }
      case "MI" -> minute = number(part, 2);
      case "SS" -> second = number(part, 2);
      case "MS" -> micros += fraction(part, 3) * 1000;
      case "US", "FF6" -> micros += fraction(part, 6);
      case "FF1" -> micros += fraction(part, 1) * 100_000;
      case "FF2" -> micros += fraction(part, 2) * 10_000;
      case "FF3" -> micros += fraction(part, 3) * 1000;
      case "FF4" -> micros += fraction(part, 4) * 100;
      case "FF5" -> micros += fraction(part, 5) * 10;
      case "SSSS", "SSSSS" -> second = number(part, 5);
      case "TZH" -> offsetHours = number(part, 3);
      case "TZM" -> offsetMinutes = number(part, 2);
      default -> name(part);
    }
  }

  /// A year of few digits is the one nearest to 2020.
  private static int shortYear(int value, int digits) {
    if (digits == 3) {
      return value < 520 ? value + 2000 : value + 1000;
    }
    if (digits == 2) {
      return value < 70 ? value + 2000 : value + 1900;
    }
    return value + 2000;
  }

  private long fraction(FormatPattern.Part part, int digits) {
    int start = at;
    long value = number(part, Math.max(digits, 1));
    for (int i = at - start; i < digits; i++) {
      value *= 10;
    }
    return value;
  }

  private void name(FormatPattern.Part part) {
    String rest = text.substring(at).toLowerCase(Locale.ROOT);
    switch (part.keyword()) {
      case "MONTH", "MON" -> monthName(part, rest);
      case "AM", "PM" -> meridiemName(part, rest, "am", "pm", 2);
      case "A.M.", "P.M." -> meridiemName(part, rest, "a.m.", "p.m.", 4);
      case "BC", "AD", "B.C.", "A.D." -> {
        bc = rest.startsWith("b");
        at += part.keyword().length();
      }
      case "DAY", "DY" -> {
        while (at < text.length() && Character.isLetter(text.charAt(at))) {
          at++;
        }
      }
      default ->
          throw PgException.notSupported(
              "the pattern \"" + part.text() + "\" of to_date and to_timestamp");
    }
  }

  private void monthName(FormatPattern.Part part, String rest) {
    int end = 0;
    while (end < rest.length() && Character.isLetter(rest.charAt(end))) {
      end++;
    }
    String word =
        part.keyword().equals("MON") ? rest.substring(0, Math.min(3, end)) : rest.substring(0, end);
    int found = DateTimeTokens.month(word);
    if (found < 0) {
      throw PgException.error(
              SqlState.INVALID_DATETIME_FORMAT,
              "invalid value \"%s\" for \"%s\"",
              text.substring(at),
              part.text())
          .detail("The given value did not match any of the allowed values for this field.");
    }
    month = found;
    at += word.length();
  }

  private void meridiemName(
      FormatPattern.Part part, String rest, String am, String pm, int length) {
    if (!rest.startsWith(am) && !rest.startsWith(pm)) {
      throw PgException.error(
              SqlState.INVALID_DATETIME_FORMAT,
              "invalid value \"%s\" for \"%s\"",
              text.substring(at, Math.min(text.length(), at + length)),
              part.text())
          .detail("The given value did not match any of the allowed values for this field.");
    }
    meridiem = rest.startsWith(pm) ? 2 : 1;
    at += length;
  }

  private LocalDate day() {
    if (julian != Long.MIN_VALUE) {
      return DateMath.toLocalDate(julian - DateMath.EPOCH_JULIAN);
    }
    int shown = year == Integer.MIN_VALUE ? 0 : bc ? 1 - year : year;
    try {
      return dayOfYear > 0
          ? LocalDate.ofYearDay(shown, dayOfYear)
          : LocalDate.of(shown, month, dayOfMonth);
    } catch (DateTimeException e) {
      throw outOfRange();
    }
  }

  private long time() {
    long h = hour;
    if (meridiem == 2 && h < 12) {
      h += 12;
    } else if (meridiem >= 0 && meridiem < 2 && h == 12) {
      h = 0;
    }
    if (h > 24 || minute > 59 || (second > 59 && (h != 0 || minute != 0))) {
      throw outOfRange();
    }
    return h * DateMath.MICROS_PER_HOUR
        + minute * DateMath.MICROS_PER_MINUTE
        + second * DateMath.MICROS_PER_SECOND
        + micros;
  }
}
