package dev.lifeline.utils.error;

import java.util.Locale;

/// The order of severities in the server log: LOG is worth more than ERROR there, so that it is not
/// lost when only the worst is wanted.
public final class LogLevels {
  private LogLevels() {}

  /// Whether a message goes to a log that takes `level` and worse.
  ///
  /// @param level a value of `log_min_messages`
  public static boolean reaches(Severity severity, String level) {
    return rank(severity.name()) >= rank(level);
  }

  private static int rank(String level) {
    return switch (level.toUpperCase(Locale.ROOT)) {
      case "INFO" -> 2;
      case "NOTICE" -> 3;
      case "WARNING" -> 4;
      case "ERROR" -> 5;
      case "LOG" -> 6;
      case "FATAL" -> 7;
      case "PANIC" -> 8;
      default -> 1;
    };
  }
}
