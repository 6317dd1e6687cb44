package dev.lifeline.differential;

import java.util.List;

/// A statement and what is known of its outcome.
///
/// @param shape the kind of statement, for grouping what differs
/// @param sql its text
/// @param sorted the numbers of the result's columns by which its rows are sorted, from 0; what
///   else is in the rows may come in any order among those with equal keys
/// @param changes whether a different outcome makes all that follows differ as well
/// @param strict whether the message of an error is determined; otherwise its SQLSTATE is, but not
///   which of several rows or expressions is found at fault first
record Generated(String shape, String sql, List<Integer> sorted, boolean changes, boolean strict) {
  static Generated query(String shape, String sql, List<Integer> sorted) {
    return new Generated(shape, sql, sorted, false, false);
  }

  /// An expression without rows: everything about it is determined.
  static Generated probe(String shape, String sql) {
    return new Generated(shape, sql, List.of(), false, true);
  }

  static Generated change(String shape, String sql) {
    return new Generated(shape, sql, List.of(), true, false);
  }
}
