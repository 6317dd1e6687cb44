package dev.lifeline.utils.adt;

import dev.lifeline.utils.adt.DateTimeStyle.Order;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Reads dates and times in all the notations that PostgreSQL reads: ISO 8601, SQL, the traditional
/// and the German style, month names, concatenated digits, julian days, special words, time zones
/// by offset, abbreviation or name.
final class DateTimeParser {
  /// The special values.
  enum Special {
    NONE,
    INFINITY,
    NEGATIVE_INFINITY,
    EPOCH,
    NOW
  }

  private final String text;
  private final String typeName;
  private final EvalContext context;

  /// What was found.
  @Nullable LocalDate day;

  /// Microseconds since midnight, or -1 where no time was given.
  long time = -1;

  @Nullable ZoneId zone;
  Special special = Special.NONE;

  private final List<String> pending = new ArrayList<>();
  private int month = -1;
  private boolean bc;
  private int meridiem = -1;
  private boolean timeExpected;

  private DateTimeParser(String text, String typeName, EvalContext context) {
    this.text = text;
    this.typeName = typeName;
    this.context = context;
  }

  /// @param typeName what error messages call the type
  static DateTimeParser parse(String text, String typeName, EvalContext context) {
    DateTimeParser parser = new DateTimeParser(text, typeName, context);
    parser.run();
    return parser;
  }

  PgException badFormat() {
    return PgException.error(
        SqlState.INVALID_DATETIME_FORMAT,
        "invalid input syntax for type %s: \"%s\"",
        typeName,
        text);
  }

  PgException fieldOverflow() {
    return PgException.error(
        SqlState.DATETIME_FIELD_OVERFLOW, "date/time field value out of range: \"%s\"", text);
  }

  private PgException orderOverflow() {
    return fieldOverflow().hint("Perhaps you need a different \"datestyle\" setting.");
  }

  private void run() {
    List<String> tokens = DateTimeTokens.split(text.strip(), this::badFormat);
    if (tokens.isEmpty()) {
      throw badFormat();
    }
    for (int i = 0; i < tokens.size(); i++) {
      String next = i + 1 < tokens.size() ? tokens.get(i + 1) : "";
      if (token(tokens.get(i), next)) {
        i++;
      }
    }
    finishDate();
    finishTime();
  }

  /// @return whether the token after it was taken, too
  private boolean token(String token, String next) {
    char c = token.charAt(0);
    if (c == '+' || c == '-') {
      signed(token);
    } else if (Character.isDigit(c) && token.indexOf(':') > 0) {
      setTime(clock(token));
    } else if (Character.isDigit(c) || c == '.') {
      number(token);
    } else {
      return word(token, next);
    }
    return false;
  }

  /// A zone's offset, or a signed infinity.
  private void signed(String token) {
    if (token.length() > 1 && Character.isLetter(token.charAt(1))) {
      String name = token.substring(1).toLowerCase(Locale.ROOT);
      if (!name.equals("infinity") && !name.equals("inf")) {
        throw badFormat();
      }
      special = token.charAt(0) == '-' ? Special.NEGATIVE_INFINITY : Special.INFINITY;
      return;
    }
    zone = offset(token);
  }

  static @Nullable ZoneId numericZone(String text) {
    String token = text.startsWith("+") || text.startsWith("-") ? text : "+" + text;
    try {
      // As a zone's name in POSIX's notation, numbers count to the west.
      ZoneOffset offset = offsetOf(token);
      return offset == null ? null : ZoneOffset.ofTotalSeconds(-offset.getTotalSeconds());
    } catch (DateTimeException e) {
      return null;
    }
  }

  private ZoneOffset offset(String token) {
    ZoneOffset offset;
    try {
      offset = offsetOf(token);
    } catch (DateTimeException e) {
      offset = null;
    }
    if (offset == null) {
      throw PgException.error(
          SqlState.INVALID_TIME_ZONE_DISPLACEMENT_VALUE,
          "time zone displacement out of range: \"%s\"",
          text);
    }
    return offset;
  }

  /// `+1`, `-0330`, `+05:30`, `+05:30:15`; null where it is no offset.
  private static @Nullable ZoneOffset offsetOf(String token) {
    String digits = token.substring(1);
    String[] parts = digits.split(":", -1);
    int[] values = new int[3];
    if (parts.length > 3) {
      return null;
    }
    try {
      if (parts.length == 1 && digits.length() > 2) {
        int split = digits.length() > 4 ? digits.length() - 4 : digits.length() - 2;
        values[0] = Integer.parseInt(digits.substring(0, split));
        values[1] = Integer.parseInt(digits.substring(split, split + 2));
        values[2] = digits.length() > 4 ? Integer.parseInt(digits.substring(split + 2)) : 0;
      } else {
        for (int i = 0; i < parts.length; i++) {
          values[i] = Integer.parseInt(parts[i]);
        }
      }
    } catch (NumberFormatException e) {
      return null;
    }
    if (values[0] > 15 || values[1] > 59 || values[2] > 59) {
      return null;
    }
    int seconds = values[0] * 3600 + values[1] * 60 + values[2];
    return ZoneOffset.ofTotalSeconds(token.charAt(0) == '-' ? -seconds : seconds);
  }

  private void setTime(long micros) {
    if (time >= 0) {
      throw badFormat();
    }
    time = micros;
    timeExpected = false;
  }

  /// `hh:mm`, `hh:mm:ss.ffffff`.
  private long clock(String token) {
    String[] parts = token.split(":", -1);
    if (parts.length > 3) {
      throw badFormat();
    }
    try {
      int hour = Integer.parseInt(parts[0]);
      boolean minuteSecond = parts.length == 2 && parts[1].indexOf('.') >= 0;
      if (minuteSecond) {
        return assemble(0, hour, seconds(parts[1]));
      }
      int minute = Integer.parseInt(parts[1]);
      return assemble(hour, minute, parts.length > 2 ? seconds(parts[2]) : 0);
    } catch (NumberFormatException e) {
      throw badFormat();
    }
  }

  private long seconds(String digits) {
    int point = digits.indexOf('.');
    String whole = point < 0 ? digits : digits.substring(0, point);
    long micros = Long.parseLong(whole) * DateMath.MICROS_PER_SECOND;
    return point < 0 ? micros : micros + fraction(digits.substring(point));
  }

  private long fraction(String point) {
    if (point.length() == 1) {
      return 0;
    }
    if (!point.substring(1).chars().allMatch(Character::isDigit)) {
      throw badFormat();
    }
    return Math.round(Double.parseDouble("0" + point) * DateMath.MICROS_PER_SECOND);
  }

  private long assemble(long hour, long minute, long secondMicros) {
    if (hour > 24
        || minute > 59
        || secondMicros > 60 * DateMath.MICROS_PER_SECOND
        || (hour == 24 && (minute > 0 || secondMicros > 0))) {
      throw fieldOverflow();
    }
    return hour * DateMath.MICROS_PER_HOUR + minute * DateMath.MICROS_PER_MINUTE + secondMicros;
  }

  /// Digits, perhaps with separators.
  private void number(String token) {
    if (token.indexOf('/') > 0 || token.indexOf('-') > 0 || count(token, '.') > 1) {
      separated(token);
      return;
    }
    int point = token.indexOf('.');
    String whole = point < 0 ? token : token.substring(0, point);
    if (onlyTime() && whole.length() != 4 && whole.length() != 6) {
      throw badFormat();
    }
    if (timeExpected || onlyTime() || (whole.length() == 6 && hasDate() && time < 0)) {
      concatenatedTime(whole, point < 0 ? "" : token.substring(point));
      return;
    }
    if (point > 0) {
      fractional(whole, token.substring(point));
      return;
    }
    if (hasDate() && time < 0 && pending.isEmpty() && whole.length() == 4) {
      concatenatedTime(whole, "");
      return;
    }
    if ((whole.length() == 8 || whole.length() == 6)
        && pending.isEmpty()
        && month < 0
        && day == null) {
      concatenatedDate(whole);
    } else if (whole.length() > 6 && pending.isEmpty() && day == null && month < 0) {
      concatenatedDate(whole);
    } else {
      pending.add(whole);
    }
  }

  /// A time alone may be written without its colons.
  private boolean onlyTime() {
    return typeName.startsWith("time")
        && !typeName.startsWith("timestamp")
        && time < 0
        && day == null
        && pending.isEmpty()
        && month < 0;
  }

  private boolean hasDate() {
    return day != null || (month >= 0 && pending.size() == 2) || pending.size() == 3;
  }

  private static int count(String text, char wanted) {
    return (int) text.chars().filter(c -> c == wanted).count();
  }

  /// `1999.008`: a year and the day in it; else a time with a fraction.
  private void fractional(String whole, String fraction) {
    if (whole.length() == 4 && fraction.length() == 4 && day == null && pending.isEmpty()) {
      int dayOfYear = Integer.parseInt(fraction.substring(1));
      setDay(dayOfYear(Integer.parseInt(whole), dayOfYear));
    } else if (whole.length() == 14 && day == null) {
      concatenatedDate(whole.substring(0, 8));
      concatenatedTime(whole.substring(8), fraction);
    } else {
      throw badFormat();
    }
  }

  private LocalDate dayOfYear(int year, int dayOfYear) {
    try {
      return LocalDate.ofYearDay(year, dayOfYear);
    } catch (DateTimeException e) {
      throw fieldOverflow();
    }
  }

  private void concatenatedTime(String digits, String fraction) {
    long secondFraction = fraction.isEmpty() ? 0 : fraction(fraction);
    switch (digits.length()) {
      case 6 ->
          setTime(
              assemble(
                  two(digits, 0), two(digits, 2), two(digits, 4) * 1_000_000L + secondFraction));
      case 4 -> setTime(assemble(two(digits, 0), two(digits, 2), 0));
      case 2 -> setTime(assemble(two(digits, 0), 0, 0));
      default -> throw badFormat();
    }
  }

  private static int two(String digits, int at) {
    return Integer.parseInt(digits.substring(at, at + 2));
  }

  /// `yyyymmdd`, `yymmdd`, with a longer year in front, too.
  private void concatenatedDate(String digits) {
    if (digits.length() < 6) {
      throw badFormat();
    }
    int split = digits.length() - 4;
    String year = digits.substring(0, split);
    setDay(
        makeDay(
            split == 2 ? fullYear(Integer.parseInt(year), 2) : parseYear(year),
            two(digits, split),
            two(digits, split + 2)));
  }

  private int parseYear(String digits) {
    try {
      return Integer.parseInt(digits);
    } catch (NumberFormatException e) {
      throw fieldOverflow();
    }
  }

  /// A year of two digits is one from 1970 to 2069.
  private static int fullYear(int year, int digits) {
    return digits > 2 ? year : year < 70 ? year + 2000 : year < 100 ? year + 1900 : year;
  }

  private void setDay(LocalDate found) {
    if (day != null) {
      throw badFormat();
    }
    day = found;
  }

  /// `1999-01-08`, `1/8/99`, `8-Jan-1999`, `08.01.1999`, `1999-008`.
  private void separated(String token) {
    char separator = token.indexOf('/') > 0 ? '/' : token.indexOf('-') > 0 ? '-' : '.';
    String[] parts = token.split(separator == '.' ? "\\." : Character.toString(separator), -1);
    if (parts.length == 2
        && parts[0].length() >= 4
        && parts[1].length() == 3
        && allDigits(parts[1])) {
      setDay(dayOfYear(parseYear(parts[0]), Integer.parseInt(parts[1])));
      return;
    }
    if (parts.length > 3) {
      throw badFormat();
    }
    for (String part : parts) {
      if (part.isEmpty()) {
        throw badFormat();
      }
      if (allDigits(part)) {
        pending.add(part);
      } else {
        int named = DateTimeTokens.month(part);
        if (named < 0 || month >= 0) {
          throw badFormat();
        }
        month = named;
      }
    }
    if (parts.length == 2 && month < 0) {
      throw badFormat();
    }
  }

  private static boolean allDigits(String text) {
    return !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  private boolean word(String token, String next) {
    String word = token.toLowerCase(Locale.ROOT);
    switch (word) {
      case "infinity", "inf" -> special = Special.INFINITY;
      case "epoch" -> special = Special.EPOCH;
      case "now" -> special = Special.NOW;
      case "today" -> relativeDay(0);
      case "tomorrow" -> relativeDay(1);
      case "yesterday" -> relativeDay(-1);
      case "allballs" -> {
        setTime(0);
        zone = ZoneOffset.UTC;
      }
      case "bc" -> bc = true;
      case "ad", "on", "at" -> {}
      case "am" -> meridiem = 0;
      case "pm" -> meridiem = 1;
      case "t" -> timeExpected = true;
      case "dst" -> daylight();
      default -> {
        return otherWord(word, next);
      }
    }
    return false;
  }

  private void daylight() {
    if (zone instanceof ZoneOffset offset) {
      zone = ZoneOffset.ofTotalSeconds(offset.getTotalSeconds() + 3600);
    } else {
      throw badFormat();
    }
  }

  private boolean otherWord(String word, String next) {
    if (word.equals("j") || word.equals("jd") || word.equals("julian")) {
      setDay(julian(next));
      return true;
    }
    if (word.length() > 4
        && "-/.".indexOf(word.charAt(3)) >= 0
        && DateTimeTokens.month(word.substring(0, 3)) >= 0) {
      separated(word);
      return false;
    }
    int named = DateTimeTokens.month(word);
    if (named >= 0) {
      if (month >= 0) {
        throw badFormat();
      }
      month = named;
      return false;
    }
    if (DateTimeTokens.isDayName(word)) {
      return false;
    }
    Integer abbreviation = TimeZones.abbreviation(word);
    if (abbreviation != null) {
      zone = ZoneOffset.ofTotalSeconds(abbreviation);
      // `UTC+3` is a zone of POSIX: to the west.
      return false;
    }
    zone = TimeZones.named(word);
    if (zone == null) {
      if (word.indexOf('/') > 0) {
        throw TimeZones.notRecognized(word);
      }
      throw badFormat();
    }
    return false;
  }

  private LocalDate julian(String digits) {
    if (!allDigits(digits) || digits.length() > 10) {
      throw badFormat();
    }
    return DateMath.toLocalDate(Long.parseLong(digits) - DateMath.EPOCH_JULIAN);
  }

  private void relativeDay(int days) {
    long local = DateMath.toLocal(context.transactionTimestamp(), context.timeZone());
    setDay(DateMath.dayOf(local).plusDays(days));
    if (time < 0) {
      time = 0;
    }
  }

  private void finishDate() {
    if (day != null) {
      if (!pending.isEmpty() || month >= 0) {
        throw badFormat();
      }
      if (bc) {
        day = makeDay(day.getYear(), day.getMonthValue(), day.getDayOfMonth());
      }
      return;
    }
    if (pending.isEmpty() && month < 0) {
      return;
    }
    if (month >= 0) {
      namedMonth();
    } else if (pending.size() == 3) {
      threeNumbers();
    } else {
      throw badFormat();
    }
  }

  /// A month's name, a day and a year; the longer number is the year, else the day comes first.
  private void namedMonth() {
    if (pending.size() != 2) {
      throw badFormat();
    }
    String first = pending.get(0);
    String second = pending.get(1);
    boolean yearFirst =
        first.length() > 2 || (context.dateStyle().order() == Order.YMD && second.length() <= 2);
    String year = yearFirst ? first : second;
    String dayOfMonth = yearFirst ? second : first;
    day = makeDay(yearOf(year), month, parseYear(dayOfMonth));
  }

  /// Before Christ every year is written in full.
  private int yearOf(String digits) {
    return bc ? parseYear(digits) : fullYear(parseYear(digits), digits.length());
  }

  private void threeNumbers() {
    String a = pending.get(0);
    String b = pending.get(1);
    String c = pending.get(2);
    Order order = context.dateStyle().order();
    if (a.length() > 2 || order == Order.YMD) {
      day = makeDay(yearOf(a), parseYear(b), parseYear(c));
    } else if (order == Order.DMY) {
      day = makeDay(yearOf(c), parseYear(b), parseYear(a));
    } else {
      day = makeDay(yearOf(c), parseYear(a), parseYear(b));
    }
  }

  private LocalDate makeDay(int year, int monthOfYear, int dayOfMonth) {
    if (bc && year <= 0) {
      throw fieldOverflow();
    }
    if (!bc && year == 0) {
      throw fieldOverflow();
    }
    if (monthOfYear < 1 || monthOfYear > 12 || dayOfMonth < 1 || dayOfMonth > 31) {
      throw orderOverflow();
    }
    try {
      return LocalDate.of(bc ? 1 - year : year, monthOfYear, dayOfMonth);
    } catch (DateTimeException e) {
      throw fieldOverflow();
    }
  }

  private void finishTime() {
    if (meridiem < 0) {
      return;
    }
    if (time < 0) {
      // `4 PM`: the number was taken for a part of a date.
      throw badFormat();
    }
    long hour = time / DateMath.MICROS_PER_HOUR;
    if (hour > 12) {
      throw fieldOverflow();
    }
    if (meridiem == 1 && hour < 12) {
      time += 12 * DateMath.MICROS_PER_HOUR;
    } else if (meridiem == 0 && hour == 12) {
      time -= 12 * DateMath.MICROS_PER_HOUR;
    }
  }
}
