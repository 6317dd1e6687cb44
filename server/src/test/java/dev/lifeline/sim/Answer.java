package dev.lifeline.sim;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a client got for what it sent, up to ReadyForQuery.
///
/// @param columns of the last rows that were described
/// @param rows of all statements, as text
/// @param tags of the statements that were completed
/// @param sqlState of the error, or null
/// @param status of the transaction: I, T or E
record Answer(
    int columns,
    List<List<@Nullable String>> rows,
    List<String> tags,
    @Nullable String sqlState,
    @Nullable String message,
    char status) {

  boolean failed() {
    return sqlState != null;
  }

  String tag() {
    return tags.isEmpty() ? "" : tags.getLast();
  }

  /// The only value of the only row.
  @Nullable String value() {
    return rows.isEmpty() ? null : rows.getFirst().getFirst();
  }

  @Override
  public String toString() {
    return failed()
        ? "ERROR " + sqlState + " " + message
        : tags + (rows.isEmpty() ? "" : " " + rows);
  }
}
