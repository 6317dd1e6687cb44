package dev.lifeline.differential;

import java.util.List;

/// What a server says to a statement.
///
/// @param columns the result's columns as `name type-oid type-modifier`
/// @param rows the values as text; a null is the Java string [#NULL]
/// @param tags the command tags
/// @param error `SQLSTATE message` and the place in the statement, or empty
public record Answer(
    List<String> columns, List<List<String>> rows, List<String> tags, String error) {
  /// Stands for a null; no value is written like this.
  static final String NULL = "\u0000null";

  boolean failed() {
    return !error.isEmpty();
  }

  String sqlState() {
    return failed() ? error.substring(0, 5) : "";
  }
}
