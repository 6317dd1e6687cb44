package dev.lifeline.utils.error;

import org.jspecify.annotations.Nullable;

/// The formats of `log_destination`.
public enum LogFormat {
  STDERR("stderr", "") {
    @Override
    public String format(LogEntry entry, String prefix, String zone) {
      return StderrFormat.format(entry, prefix, zone);
    }
  },
  CSVLOG("csvlog", ".csv") {
    @Override
    public String format(LogEntry entry, String prefix, String zone) {
      return CsvFormat.format(entry, zone);
    }
  },
  JSONLOG("jsonlog", ".json") {
    @Override
    public String format(LogEntry entry, String prefix, String zone) {
      return JsonFormat.format(entry, zone);
    }
  };

  private final String destination;
  private final String suffix;

  LogFormat(String destination, String suffix) {
    this.destination = destination;
    this.suffix = suffix;
  }

  /// As `log_destination` names it.
  public String destination() {
    return destination;
  }

  /// What stands in the place of `.log` at the end of such a file's name; empty for `.log`.
  public String suffix() {
    return suffix;
  }

  /// The format of this name; null where there is none.
  public static @Nullable LogFormat of(String destination) {
    for (LogFormat format : values()) {
      if (format.destination.equalsIgnoreCase(destination)) {
        return format;
      }
    }
    return null;
  }

  /// The message's text, with its last newline.
  ///
  /// @param prefix `log_line_prefix`
  /// @param zone `log_timezone`
  public abstract String format(LogEntry entry, String prefix, String zone);
}
