package dev.lifeline.observe.log;

import org.jspecify.annotations.Nullable;

/// The two forms of the log that can be read by a program.
public enum LogFormat {
  JSONLOG("jsonlog", ".json"),
  CSVLOG("csvlog", ".csv");

  /// Where a record ends, and what it says.
  public interface Parser {
    /// Where the record that begins at `from` ends, behind its line feed; -1 when the bytes end
    /// before it does.
    int end(byte[] bytes, int from, int to);

    /// Reads one record.
    ///
    /// @throws IllegalArgumentException when the bytes are not one
    LogRecord parse(byte[] bytes, int from, int to);
  }

  private final String destination;
  private final String suffix;

  LogFormat(String destination, String suffix) {
    this.destination = destination;
    this.suffix = suffix;
  }

  /// Its name in `log_destination` and for `pg_current_logfile()`.
  public String destination() {
    return destination;
  }

  /// A parser of it; for one thread.
  public Parser parser(LogTime time) {
    return switch (this) {
      case JSONLOG -> new JsonLog(time);
      case CSVLOG -> new CsvLog(time);
    };
  }

  public boolean isName(String fileName) {
    return fileName.endsWith(suffix);
  }

  /// The format of a file, or null when it is not one that can be read.
  public static @Nullable LogFormat ofFile(String fileName) {
    for (LogFormat format : values()) {
      if (format.isName(fileName)) {
        return format;
      }
    }
    return null;
  }
}
