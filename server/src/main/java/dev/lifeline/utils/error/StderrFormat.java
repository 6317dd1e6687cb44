package dev.lifeline.utils.error;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The log for people: a prefix, a level, a text; what belongs to a message follows on lines of its
/// own.
final class StderrFormat {
  private StderrFormat() {}

  static String format(LogEntry entry, String prefixFormat, String zone) {
    PgException message = entry.message();
    // Each line counts for %l.
    Supplier<String> prefix = () -> LogLinePrefix.format(prefixFormat, entry, zone);
    StringBuilder text = new StringBuilder();
    String first = message.message();
    if (entry.verbosity() == LogVerbosity.VERBOSE) {
      first = message.sqlState().code() + ": " + first;
    }
    if (entry.cursorPosition() > 0) {
      first += " at character " + entry.cursorPosition();
    }
    line(text, prefix, message.severity().name(), first);
    if (!entry.terse()) {
      optional(text, prefix, "DETAIL", message.detailForLog());
      optional(text, prefix, "HINT", message.hint());
      optional(text, prefix, "CONTEXT", message.context());
    }
    optional(text, prefix, "STATEMENT", entry.statement());
    return text.toString();
  }

  private static void optional(
      StringBuilder text, Supplier<String> prefix, String label, @Nullable String value) {
    if (value != null) {
      line(text, prefix, label, value);
    }
  }

  /// Further lines of a text are indented, so that a reader of the log can tell where one begins.
  private static void line(
      StringBuilder text, Supplier<String> prefix, String label, String value) {
    text.append(prefix.get())
        .append(label)
        .append(":  ")
        .append(value.replace("\n", "\n\t"))
        .append('\n');
  }
}
