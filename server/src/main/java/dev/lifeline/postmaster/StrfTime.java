package dev.lifeline.postmaster;

import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.IsoFields;
import java.util.Locale;

/// A time by a pattern as the C library's `strftime` reads it, which is how `log_filename` names
/// files.
final class StrfTime {
  private StrfTime() {}

  static String format(String pattern, ZonedDateTime time) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      if (c != '%' || i + 1 == pattern.length()) {
        out.append(c);
      } else {
        out.append(expand(pattern.charAt(++i), time));
      }
    }
    return out.toString();
  }

  private static String expand(char conversion, ZonedDateTime time) {
    return switch (conversion) {
      case 'Y' -> by("yyyy", time);
      case 'y' -> by("yy", time);
      case 'm' -> by("MM", time);
      case 'd' -> by("dd", time);
      case 'e' -> String.format(Locale.ROOT, "%2d", time.getDayOfMonth());
      case 'H' -> by("HH", time);
      case 'I' -> by("hh", time);
      case 'M' -> by("mm", time);
      case 'S' -> by("ss", time);
      case 'p' -> by("a", time);
      case 'j' -> by("DDD", time);
      case 'a' -> by("EEE", time);
      case 'A' -> by("EEEE", time);
      case 'b', 'h' -> by("MMM", time);
      case 'B' -> by("MMMM", time);
      case 'F' -> by("yyyy-MM-dd", time);
      case 'T' -> by("HH:mm:ss", time);
      case 'u' -> Integer.toString(time.getDayOfWeek().getValue());
      case 'w' -> Integer.toString(time.getDayOfWeek().getValue() % 7);
      case 'V' -> String.format(Locale.ROOT, "%02d", isoWeek(time));
      case 'G' -> Integer.toString(time.get(IsoFields.WEEK_BASED_YEAR));
      case 's' -> Long.toString(time.toEpochSecond());
      case 'z' -> by("xx", time);
      case 'Z' -> by("zzz", time);
      case '%' -> "%";
      default -> "%" + conversion;
    };
  }

  private static int isoWeek(ZonedDateTime time) {
    return time.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR);
  }

  private static String by(String pattern, ZonedDateTime time) {
    return DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH).format(time);
  }
}
