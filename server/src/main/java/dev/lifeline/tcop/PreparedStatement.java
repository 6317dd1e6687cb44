package dev.lifeline.tcop;

import dev.lifeline.executor.ResultColumn;
import dev.lifeline.executor.Statement;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What Parse leaves behind.
///
/// @param sql its text
/// @param parsed null for an empty text
/// @param statement null for an empty text and for a transaction statement, which the session
///   carries out itself
/// @param madeMicros when, since the epoch
/// @param fromSql whether by PREPARE
record PreparedStatement(
    String name,
    String sql,
    @Nullable ParsedStatement parsed,
    @Nullable Statement statement,
    long madeMicros,
    boolean fromSql) {
  /// What it is worth in memory, roughly: its text, the tree that was made of it, its plan.
  private static final long BYTES_EACH = 2_000;

  private static final long BYTES_PER_CHARACTER = 20;

  /// What counts as held for the client. The unnamed statement, which the next one replaces, does
  /// not while it is small.
  long bytes() {
    long bytes = BYTES_EACH + BYTES_PER_CHARACTER * sql.length();
    return name.isEmpty() && bytes < 1 << 20 ? 0 : bytes;
  }

  /// The text that views show: that of the statement alone, where it is one of several.
  String queryText() {
    return parsed == null ? sql : parsed.queryText();
  }

  List<Integer> parameterTypes() {
    return statement == null ? List.of() : statement.parameterTypes();
  }

  @Nullable List<ResultColumn> resultColumns() {
    return statement == null ? null : statement.resultColumns();
  }
}
