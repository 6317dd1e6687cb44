package dev.lifeline.utils.error;

import org.jspecify.annotations.Nullable;

/// `csvlog`: PostgreSQL 15's 26 columns, for COPY into a table.
final class CsvFormat {
  private final StringBuilder row = new StringBuilder();

  private CsvFormat() {}

  static String format(LogEntry entry, String zone) {
    CsvFormat csv = new CsvFormat();
    csv.who(entry, zone);
    csv.what(entry);
    csv.row.setCharAt(csv.row.length() - 1, '\n');
    return csv.row.toString();
  }

  private void who(LogEntry entry, String zone) {
    LogProcess process = entry.process();
    LogProcess.Client client = process.client();
    bare(LogTime.millis(entry.timeMicros(), zone));
    quoted(client == null ? null : client.user());
    quoted(client == null ? null : client.database());
    bare(Integer.toString(process.pid()));
    quoted(client == null ? null : connection(client));
    bare(entry.sessionId());
    bare(Long.toString(entry.line()));
    quoted(entry.display().isEmpty() ? null : entry.display());
    bare(LogTime.seconds(process.startMicros(), zone));
    bare("");
    bare(Long.toString(entry.xid()));
  }

  private void what(LogEntry entry) {
    PgException message = entry.message();
    bare(message.severity().name());
    bare(message.sqlState().code());
    quoted(message.message());
    quoted(message.detailForLog());
    quoted(message.hint());
    // An internal query and the position in it: there are none.
    bare("");
    bare("");
    quoted(message.context());
    quoted(entry.statement());
    boolean position = entry.statement() != null && entry.cursorPosition() > 0;
    bare(position ? Integer.toString(entry.cursorPosition()) : "");
    // The place in the source.
    bare("");
    LogProcess.Client client = entry.process().client();
    String application = client == null ? null : client.applicationName();
    row.append('"').append(application == null ? "" : doubled(application)).append("\",");
    quoted(entry.process().backendType());
    bare("");
    bare(Long.toString(entry.queryId()));
  }

  private static String connection(LogProcess.Client client) {
    return client.host() == null ? "[local]" : client.host() + ":" + client.port();
  }

  private void bare(String value) {
    row.append(value).append(',');
  }

  private void quoted(@Nullable String value) {
    if (value != null) {
      row.append('"').append(doubled(value)).append('"');
    }
    row.append(',');
  }

  private static String doubled(String value) {
    return value.replace("\"", "\"\"");
  }
}
