package dev.lifeline.executor;

import dev.lifeline.sim.SqlSession;
import dev.lifeline.sim.SqlSession.Outcome;
import dev.lifeline.utils.error.PgException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Writes what `psql -a -A` would: each line of the input, and after the line that ends a statement
/// its result.
final class PsqlTranscript {
  /// How much of a line psql shows, and how much of that at least behind the place of the error.
  private static final int SHOWN = 60;

  private static final int RIGHT_OF_PLACE = 10;

  private final SqlSession session;
  private final StringBuilder out = new StringBuilder();

  PsqlTranscript(SqlSession session) {
    this.session = session;
  }

  String run(List<String> lines) {
    StringBuilder statement = new StringBuilder();
    for (String line : lines) {
      out.append(line).append('\n');
      if (statement.isEmpty() && (line.isBlank() || line.startsWith("--"))) {
        continue;
      }
      if (!statement.isEmpty()) {
        statement.append('\n');
      }
      statement.append(line);
      if (line.stripTrailing().endsWith(";")) {
        String sql = statement.toString();
        statement.setLength(0);
        show(sql, session.run(sql).getLast());
      }
    }
    return out.toString();
  }

  private void show(String sql, Outcome outcome) {
    PgException error = outcome.error();
    if (error != null) {
      error(sql, error);
    } else if (outcome.columns().isEmpty() && !outcome.tag().startsWith("SELECT")) {
      out.append(outcome.tag()).append('\n');
    } else {
      rows(outcome);
      if (!outcome.tag().startsWith("SELECT") && !outcome.tag().startsWith("EXPLAIN")) {
        out.append(outcome.tag()).append('\n');
      }
    }
  }

  private void rows(Outcome outcome) {
    if (outcome.columns().isEmpty()) {
      // Rows without columns are only counted.
      out.append('\n');
    } else {
      out.append(String.join("|", outcome.columns())).append('\n');
    }
    for (List<?> row : outcome.columns().isEmpty() ? List.<List<?>>of() : outcome.rows()) {
      out.append(
              String.join(
                  "|",
                  row.stream().map(value -> value == null ? "(null)" : value.toString()).toList()))
          .append('\n');
    }
    int count = outcome.rows().size();
    out.append('(').append(count).append(count == 1 ? " row)\n" : " rows)\n");
  }

  private void error(String sql, PgException error) {
    out.append(error.severity())
        .append(":  ")
        .append(error.sqlState().code())
        .append(": ")
        .append(error.message())
        .append('\n');
    if (error.location() >= 0) {
      place(sql, error.location());
    }
    if (error.detail() != null) {
      out.append("DETAIL:  ").append(error.detail()).append('\n');
    }
    if (error.hint() != null) {
      out.append("HINT:  ").append(error.hint()).append('\n');
    }
    if (error.schema() != null) {
      out.append("SCHEMA NAME:  ").append(error.schema()).append('\n');
    }
    if (error.table() != null) {
      out.append("TABLE NAME:  ").append(error.table()).append('\n');
    }
    if (error.column() != null) {
      out.append("COLUMN NAME:  ").append(error.column()).append('\n');
    }
    if (error.constraint() != null) {
      out.append("CONSTRAINT NAME:  ").append(error.constraint()).append('\n');
    }
  }

  /// Shows the line of an error, cut as psql cuts it.
  private void place(String sql, int location) {
    byte[] bytes = sql.getBytes(StandardCharsets.UTF_8);
    int at =
        new String(bytes, 0, Math.min(location, bytes.length), StandardCharsets.UTF_8).length();
    int start = sql.lastIndexOf('\n', at - 1) + 1;
    int end = sql.indexOf('\n', at);
    String line = sql.substring(start, end < 0 ? sql.length() : end);
    long number = sql.substring(0, start).chars().filter(c -> c == '\n').count() + 1;
    String label = "LINE " + number + ": ";
    int column = at - start;
    int from = 0;
    int to = line.length();
    if (to > SHOWN && SHOWN >= column + RIGHT_OF_PLACE) {
      to = SHOWN;
    } else if (to > SHOWN) {
      to = Math.min(to, column + RIGHT_OF_PLACE);
      from = Math.max(0, to - SHOWN);
    }
    String left = from > 0 ? "..." : "";
    out.append(label).append(left).append(line, from, to);
    out.append(to < line.length() ? "...\n" : "\n");
    out.append(" ".repeat(label.length() + left.length() + column - from)).append("^\n");
  }
}
