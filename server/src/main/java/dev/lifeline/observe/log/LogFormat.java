package dev.lifeline.observe.log;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The two forms of the log that can be read by a program.
public enum LogFormat {
  JSONLOG("jsonlog", ".json", JsonLog::new),
  CSVLOG("csvlog", ".csv", CsvLog::new);

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
  private final Function<LogTime, Parser> parser;

  LogFormat(String destination, String suffix, Function<LogTime, Parser> parser) {
    this.destination = destination;
    this.suffix = suffix;
    this.parser = parser;
  }

  /// Its name in `log_destination` and for `pg_current_logfile()`.
  public String destination() {
    return destination;
  }

  /// A parser of it; for one thread.
  public Parser parser(LogTime time) {
    return parser.apply(time);
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
