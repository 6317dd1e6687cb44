package dev.lifeline.utils.adt;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;

/// Errors that many functions have in common.
final class Errors {
  private Errors() {}

  /// @param type as SQL calls it, e.g. `integer`
  static PgException outOfRange(String type) {
    return PgException.error(SqlState.NUMERIC_VALUE_OUT_OF_RANGE, "%s out of range", type);
  }

  static PgException divisionByZero() {
    return PgException.error(SqlState.DIVISION_BY_ZERO, "division by zero");
  }

  static PgException invalidParameter(String message, Object... args) {
    return PgException.error(SqlState.INVALID_PARAMETER_VALUE, message, args);
  }
}
