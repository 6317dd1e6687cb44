package dev.lifeline.observe.message;

import dev.lifeline.events.TraceContext;
import dev.lifeline.observe.log.LogRecord;
import dev.lifeline.parser.StatementShape;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What of a record may leave the server's machine.
///
/// With literals kept in, which is the default, a statement goes without them, and so do the texts
/// that may quote one: the message of a data or constraint error and of what a function raised, the
/// detail of any error of a session, the context that quotes a statement. Parameters never leave.
public final class Redaction {
  private static final Pattern TRACEPARENT = Pattern.compile("traceparent='([^']{1,80})'");
  private static final Pattern QUOTED = Pattern.compile("'(?:[^']|'')*'|\\b\\d+(?:\\.\\d+)?\\b");
  private static final int TEXT_MAX = 64 << 10;

  private final boolean on;

  /// @param on whether literals are kept in
  public Redaction(boolean on) {
    this.on = on;
  }

  public boolean isOn() {
    return on;
  }

  /// A statement as it may leave.
  @Nullable String query(@Nullable String statement) {
    if (statement == null || !on) {
      return statement;
    }
    return StatementShape.of(cut(statement)).queryText();
  }

  /// Its kind and its tables.
  String summary(@Nullable String statement) {
    return statement == null ? "" : StatementShape.of(cut(statement)).summary();
  }

  @Nullable String message(LogRecord record) {
    return on && quotes(record) ? null : record.message();
  }

  @Nullable String detail(LogRecord record) {
    String detail = record.detail();
    if (detail == null || !on) {
      return detail;
    }
    // Deadlocks and refusals tell of processes and rules, not of rows.
    boolean harmless =
        record.stateCode() == null
            ? !detail.startsWith("parameters:") && !detail.startsWith("Parameters:")
            : record.user() == null || record.stateCode().startsWith("28");
    if (harmless) {
      return detail.startsWith("Failed process was running: ")
          ? "Failed process was running: "
              + query(detail.substring("Failed process was running: ".length()))
          : detail;
    }
    return null;
  }

  @Nullable String context(LogRecord record) {
    String context = record.context();
    if (context == null || !on) {
      return context;
    }
    return QUOTED.matcher(context).replaceAll("?");
  }

  /// A plan of `auto_explain` without the constants of its conditions and without its query.
  String plan(String plan) {
    if (!on) {
      return plan;
    }
    StringBuilder kept = new StringBuilder();
    for (String line : plan.split("\n", -1)) {
      String text = line.strip();
      boolean names = text.contains("(cost=") || text.contains("(actual ");
      if (text.startsWith("Query Text:") || text.startsWith("Query Parameters:")) {
        continue;
      }
      kept.append(names ? line : QUOTED.matcher(line).replaceAll("?")).append('\n');
    }
    return kept.toString().stripTrailing();
  }

  private static boolean quotes(LogRecord record) {
    String code = record.stateCode();
    if (record.backendType().equals("postmaster")) {
      return false; // parameters and paths, never rows
    }
    if (code == null) {
      String message = record.message();
      return record.user() != null
          && (message.startsWith("statement: ")
              || message.startsWith("execute ")
              || message.startsWith("duration: ")
              || message.startsWith("AUDIT: "));
    }
    return code.startsWith("22")
        || code.startsWith("23")
        || code.startsWith("P0")
        || code.startsWith("44")
        || code.equals("42601")
        || (code.equals("01000") && record.user() != null)
        || (code.equals("00000") && record.user() != null);
  }

  /// The caller's trace, when the statement carries one as SQLCommenter writes it.
  static @Nullable TraceContext trace(String statement) {
    if (statement.indexOf("traceparent=") < 0) {
      return null;
    }
    Matcher found = TRACEPARENT.matcher(statement);
    return found.find() ? TraceContext.parse(found.group(1)) : null;
  }

  private static String cut(String statement) {
    return statement.length() <= TEXT_MAX ? statement : statement.substring(0, TEXT_MAX);
  }
}
