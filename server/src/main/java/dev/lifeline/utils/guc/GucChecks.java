package dev.lifeline.utils.guc;

import dev.lifeline.utils.TimeZoneSetting;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.Locale;
import java.util.Set;

/// What a value must satisfy beyond its type and range, and the spelling that it is kept in.
final class GucChecks {
  private static final Set<String> DATE_OUTPUTS = Set.of("iso", "sql", "postgres", "german");

  private GucChecks() {}

  static Object check(Guc<?> guc, Object value) {
    return switch (guc.name()) {
      case "TimeZone", "log_timezone" -> timeZone(guc, (String) value);
      case "DateStyle" -> dateStyle((String) value);
      case "client_encoding" -> clientEncoding((String) value);
      default -> value;
    };
  }

  private static String timeZone(Guc<?> guc, String value) {
    TimeZoneSetting setting = TimeZoneSetting.of(value);
    if (setting == null) {
      throw invalid(guc.name(), value);
    }
    return setting.shown();
  }

  /// One output style and one field order, in either order, each optional.
  private static String dateStyle(String value) {
    String output = "ISO";
    String order = "MDY";
    for (String part : value.split(",", -1)) {
      String word = part.strip().toLowerCase(Locale.ROOT);
      if (DATE_OUTPUTS.contains(word)) {
        output =
            switch (word) {
              case "iso" -> "ISO";
              case "sql" -> "SQL";
              case "german" -> "German";
              default -> "Postgres";
            };
        if (word.equals("german")) {
          order = "DMY";
        }
      } else {
        order =
            switch (word) {
              case "mdy", "us", "noneuro", "noneuropean" -> "MDY";
              case "dmy", "euro", "european" -> "DMY";
              case "ymd" -> "YMD";
              case "default" -> order;
              default ->
                  throw invalid("DateStyle", value).detail("Unrecognized key word: \"%s\".", word);
            };
      }
    }
    return output + ", " + order;
  }

  /// The server speaks UTF-8; a client that says nothing of its encoding gets the bytes as they
  /// are.
  private static String clientEncoding(String value) {
    String name = value.replaceAll("[^A-Za-z0-9]", "").toUpperCase(Locale.ROOT);
    return switch (name) {
      case "UTF8", "UNICODE" -> "UTF8";
      case "SQLASCII" -> "SQL_ASCII";
      default -> throw invalid("client_encoding", value);
    };
  }

  private static PgException invalid(String name, String value) {
    return PgException.error(
        SqlState.INVALID_PARAMETER_VALUE,
        "invalid value for parameter \"%s\": \"%s\"",
        name,
        value);
  }
}
