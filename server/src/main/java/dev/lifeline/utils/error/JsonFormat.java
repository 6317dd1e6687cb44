package dev.lifeline.utils.error;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// `jsonlog`: one JSON object a line, with PostgreSQL 15's keys; a key without a value is left out.
final class JsonFormat {
  private final StringBuilder json = new StringBuilder("{");

  private JsonFormat() {}

  static String format(LogEntry entry, String zone) {
    JsonFormat out = new JsonFormat();
    out.who(entry, zone);
    out.what(entry);
    return out.json.append("}\n").toString();
  }

  private void who(LogEntry entry, String zone) {
    LogProcess process = entry.process();
    LogProcess.Client client = process.client();
    string("timestamp", LogTime.millis(entry.timeMicros(), zone));
    string("user", client == null ? null : client.user());
    string("dbname", client == null ? null : client.database());
    number("pid", process.pid());
    if (client != null) {
      string("remote_host", client.host() == null ? "[local]" : client.host());
      if (client.host() != null) {
        number("remote_port", client.port());
      }
    }
    string("session_id", entry.sessionId());
    number("line_num", entry.line());
    string("ps", entry.display().isEmpty() ? null : entry.display());
    string("session_start", LogTime.seconds(process.startMicros(), zone));
    number("txid", entry.xid());
  }

  private void what(LogEntry entry) {
    PgException message = entry.message();
    string("error_severity", message.severity().name());
    if (message.sqlState() != SqlState.SUCCESSFUL_COMPLETION) {
      string("state_code", message.sqlState().code());
    }
    string("message", message.message());
    string("detail", message.detailForLog());
    string("hint", message.hint());
    string("context", message.context());
    string("statement", entry.statement());
    if (entry.statement() != null && entry.cursorPosition() > 0) {
      number("cursor_position", entry.cursorPosition());
    }
    LogProcess.Client client = entry.process().client();
    String application = client == null ? null : client.applicationName();
    string("application_name", application == null || application.isEmpty() ? null : application);
    string("backend_type", entry.process().backendType());
    number("query_id", entry.queryId());
  }

  private void key(String key) {
    if (json.length() > 1) {
      json.append(',');
    }
    json.append('"').append(key).append("\":");
  }

  private void number(String key, long value) {
    key(key);
    json.append(value);
  }

  private void string(String key, @Nullable String value) {
    if (value == null) {
      return;
    }
    key(key);
    json.append('"');
    for (int i = 0; i < value.length(); i++) {
      character(value.charAt(i));
    }
    json.append('"');
  }

  private void character(char c) {
    switch (c) {
      case '"' -> json.append("\\\"");
      case '\\' -> json.append("\\\\");
      case '\b' -> json.append("\\b");
      case '\f' -> json.append("\\f");
      case '\n' -> json.append("\\n");
      case '\r' -> json.append("\\r");
      case '\t' -> json.append("\\t");
      default -> {
        if (c < ' ') {
          json.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
        } else {
          json.append(c);
        }
      }
    }
  }
}
