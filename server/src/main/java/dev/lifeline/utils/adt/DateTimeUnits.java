package dev.lifeline.utils.adt;

import java.util.Map;
import java.util.Set;

/// The names of the fields of dates and times.
final class DateTimeUnits {
  private static final Set<String> NAMES =
      Set.of(
          "microsecond",
          "millisecond",
          "second",
          "minute",
          "hour",
          "day",
          "week",
          "month",
          "quarter",
          "year",
          "decade",
          "century",
          "millennium",
          "epoch",
          "julian",
          "dow",
          "isodow",
          "doy",
          "isoyear",
          "timezone",
          "timezone_hour",
          "timezone_minute");

  private static final Map<String, String> ALIASES =
      Map.ofEntries(
          Map.entry("us", "microsecond"),
          Map.entry("usec", "microsecond"),
          Map.entry("usecs", "microsecond"),
          Map.entry("useconds", "microsecond"),
          Map.entry("microsecon", "microsecond"),
          Map.entry("ms", "millisecond"),
          Map.entry("msec", "millisecond"),
          Map.entry("msecs", "millisecond"),
          Map.entry("mseconds", "millisecond"),
          Map.entry("millisecon", "millisecond"),
          Map.entry("s", "second"),
          Map.entry("sec", "second"),
          Map.entry("secs", "second"),
          Map.entry("m", "minute"),
          Map.entry("min", "minute"),
          Map.entry("mins", "minute"),
          Map.entry("h", "hour"),
          Map.entry("hr", "hour"),
          Map.entry("hrs", "hour"),
          Map.entry("d", "day"),
          Map.entry("w", "week"),
          Map.entry("mon", "month"),
          Map.entry("mons", "month"),
          Map.entry("qtr", "quarter"),
          Map.entry("y", "year"),
          Map.entry("yr", "year"),
          Map.entry("yrs", "year"),
          Map.entry("dec", "decade"),
          Map.entry("decs", "decade"),
          Map.entry("c", "century"),
          Map.entry("cent", "century"),
          Map.entry("centuries", "century"),
          Map.entry("mil", "millennium"),
          Map.entry("mils", "millennium"),
          Map.entry("millennia", "millennium"),
          Map.entry("j", "julian"),
          Map.entry("jd", "julian"),
          Map.entry("timezone_h", "timezone_hour"),
          Map.entry("timezone_m", "timezone_minute"));

  private DateTimeUnits() {}

  /// The unit's own name; of a word that is no unit the word itself.
  static String canonical(String word) {
    String alias = ALIASES.get(word);
    if (alias != null) {
      return alias;
    }
    if (!NAMES.contains(word)
        && word.endsWith("s")
        && NAMES.contains(word.substring(0, word.length() - 1))) {
      return word.substring(0, word.length() - 1);
    }
    return word;
  }

  static boolean isKnown(String unit) {
    return NAMES.contains(unit);
  }
}
