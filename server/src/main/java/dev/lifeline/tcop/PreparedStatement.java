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
record PreparedStatement(
    String name, String sql, @Nullable ParsedStatement parsed, @Nullable Statement statement) {
  List<Integer> parameterTypes() {
    return statement == null ? List.of() : statement.parameterTypes();
  }

  @Nullable List<ResultColumn> resultColumns() {
    return statement == null ? null : statement.resultColumns();
  }
}
