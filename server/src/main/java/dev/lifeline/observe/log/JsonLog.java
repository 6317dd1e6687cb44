package dev.lifeline.observe.log;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// `jsonlog`, PostgreSQL 15 and newer: one object a line.
final class JsonLog implements LogFormat.Parser {
  private static final JsonFactory JSON = new JsonFactory();

  private final LogTime time;

  JsonLog(LogTime time) {
    this.time = time;
  }

  @Override
  public int end(byte[] bytes, int from, int to) {
    for (int i = from; i < to; i++) {
      if (bytes[i] == '\n') {
        return i + 1; // within the object a line feed is escaped
      }
    }
    return -1;
  }

  @Override
  public LogRecord parse(byte[] bytes, int from, int to) {
    Fields fields = new Fields();
    try (JsonParser in = JSON.createParser(bytes, from, to - from)) {
      if (in.nextToken() != JsonToken.START_OBJECT) {
        throw new IllegalArgumentException("not a record of jsonlog");
      }
      for (String name = in.nextFieldName(); name != null; name = in.nextFieldName()) {
        JsonToken token = in.nextToken();
        if (token.isStructStart()) {
          in.skipChildren();
        } else {
          fields.take(name, in);
        }
      }
      if (in.currentToken() != JsonToken.END_OBJECT) {
        throw new IllegalArgumentException("not a whole record of jsonlog");
      }
    } catch (IOException e) {
      throw new IllegalArgumentException("not a record of jsonlog: " + e.getMessage(), e);
    }
    return fields.record();
  }

  private final class Fields {
    private @Nullable Instant timestamp;
    private @Nullable String user;
    private @Nullable String dbname;
    private int pid;
    private @Nullable String remoteHost;
    private @Nullable Integer remotePort;
    private @Nullable String sessionId;
    private long lineNum;
    private @Nullable String errorSeverity;
    private @Nullable String stateCode;
    private String message = "";
    private @Nullable String detail;
    private @Nullable String hint;
    private @Nullable String context;
    private @Nullable String statement;
    private @Nullable String applicationName;
    private String backendType = "not initialized";
    private long queryId;

    void take(String name, JsonParser in) throws IOException {
      switch (name) {
        case "timestamp" -> timestamp = time.parse(in.getText());
        case "user" -> user = in.getText();
        case "dbname" -> dbname = in.getText();
        case "pid" -> pid = in.getIntValue();
        case "remote_host" -> remoteHost = in.getText();
        case "remote_port" -> remotePort = in.getValueAsInt();
        case "session_id" -> sessionId = in.getText();
        case "line_num" -> lineNum = in.getLongValue();
        case "error_severity" -> errorSeverity = in.getText();
        case "state_code" -> stateCode = in.getText();
        case "message" -> message = in.getText();
        case "detail" -> detail = in.getText();
        case "hint" -> hint = in.getText();
        case "context" -> context = in.getText();
        case "statement" -> statement = in.getText();
        case "application_name" -> applicationName = in.getText();
        case "backend_type" -> backendType = in.getText();
        case "query_id" -> queryId = in.getLongValue();
        default -> {} // a newer version's, or one that no event has
      }
    }

    LogRecord record() {
      Instant at = timestamp;
      String session = sessionId;
      String severity = errorSeverity;
      if (at == null || session == null || severity == null) {
        throw new IllegalArgumentException("a record of jsonlog lacks what identifies it");
      }
      return new LogRecord(
          at,
          user,
          dbname,
          pid,
          remoteHost,
          remotePort,
          session,
          lineNum,
          severity,
          stateCode,
          message,
          detail,
          hint,
          context,
          statement,
          applicationName,
          backendType,
          queryId);
    }
  }
}
