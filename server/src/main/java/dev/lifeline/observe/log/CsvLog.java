package dev.lifeline.observe.log;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `csvlog`: the columns of PostgreSQL's manual, 24 in 13 and 26 from 14 on. A quoted value may
/// have line feeds; a quote within it is doubled.
final class CsvLog implements LogFormat.Parser {
  private static final int TIME = 0;
  private static final int USER = 1;
  private static final int DATABASE = 2;
  private static final int PID = 3;
  private static final int CONNECTION_FROM = 4;
  private static final int SESSION_ID = 5;
  private static final int LINE_NUM = 6;
  private static final int SEVERITY = 11;
  private static final int STATE_CODE = 12;
  private static final int MESSAGE = 13;
  private static final int DETAIL = 14;
  private static final int HINT = 15;
  private static final int CONTEXT = 18;
  private static final int QUERY = 19;
  private static final int APPLICATION_NAME = 22;
  private static final int BACKEND_TYPE = 23;
  private static final int QUERY_ID = 25;

  private final LogTime time;

  CsvLog(LogTime time) {
    this.time = time;
  }

  @Override
  public int end(byte[] bytes, int from, int to) {
    boolean quoted = false;
    for (int i = from; i < to; i++) {
      if (bytes[i] == '"') {
        quoted = !quoted; // a doubled quote changes it twice
      } else if (bytes[i] == '\n' && !quoted) {
        return i + 1;
      }
    }
    return -1;
  }

  @Override
  public LogRecord parse(byte[] bytes, int from, int to) {
    List<@Nullable String> columns =
        columns(new String(bytes, from, to - from, StandardCharsets.UTF_8));
    if (columns.size() <= BACKEND_TYPE) {
      throw new IllegalArgumentException("not a record of csvlog: " + columns.size() + " columns");
    }
    String from5 = columns.get(CONNECTION_FROM);
    // An IPv6 address has colons of its own; a Unix socket has no port.
    int colon = from5 == null ? -1 : from5.lastIndexOf(':');
    String application = columns.get(APPLICATION_NAME);
    String message = columns.get(MESSAGE);
    String queryId = columns.size() > QUERY_ID ? columns.get(QUERY_ID) : null;
    return new LogRecord(
        time.parse(required(columns, TIME)),
        columns.get(USER),
        columns.get(DATABASE),
        Integer.parseInt(required(columns, PID)),
        from5 == null || colon < 0 ? from5 : from5.substring(0, colon),
        from5 == null || colon < 0 ? null : Integer.valueOf(from5.substring(colon + 1)),
        required(columns, SESSION_ID),
        Long.parseLong(required(columns, LINE_NUM)),
        required(columns, SEVERITY),
        noError(columns.get(STATE_CODE)),
        message == null ? "" : message,
        columns.get(DETAIL),
        columns.get(HINT),
        columns.get(CONTEXT),
        columns.get(QUERY),
        application == null || application.isEmpty() ? null : application,
        required(columns, BACKEND_TYPE),
        queryId == null ? 0 : Long.parseLong(queryId));
  }

  /// Where nothing failed, jsonlog has no code and csvlog has zeros.
  private static @Nullable String noError(@Nullable String stateCode) {
    return stateCode == null || stateCode.equals("00000") ? null : stateCode;
  }

  private static String required(List<@Nullable String> columns, int column) {
    String value = columns.get(column);
    if (value == null) {
      throw new IllegalArgumentException("column " + (column + 1) + " of csvlog is empty");
    }
    return value;
  }

  /// Unquoted and empty is null.
  private static List<@Nullable String> columns(String line) {
    List<@Nullable String> columns = new ArrayList<>(26);
    int length = line.endsWith("\n") ? line.length() - 1 : line.length();
    int at = 0;
    while (at <= length) {
      if (at < length && line.charAt(at) == '"') {
        at = quoted(line, at + 1, length, columns);
      } else {
        int comma = line.indexOf(',', at);
        int end = comma < 0 || comma > length ? length : comma;
        columns.add(end == at ? null : line.substring(at, end));
        at = end;
      }
      at++; // the comma
    }
    return columns;
  }

  private static int quoted(String line, int from, int length, List<@Nullable String> columns) {
    StringBuilder value = new StringBuilder();
    int at = from;
    while (at < length) {
      char c = line.charAt(at);
      if (c != '"') {
        value.append(c);
      } else if (at + 1 < length && line.charAt(at + 1) == '"') {
        value.append('"');
        at++;
      } else {
        columns.add(value.toString());
        return at + 1;
      }
      at++;
    }
    throw new IllegalArgumentException("a quote of csvlog is not closed");
  }
}
