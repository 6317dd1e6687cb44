package dev.lifeline.utils.adt;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import dev.lifeline.utils.fmgr.FnTable;

/// Functions over arrays: PostgreSQL's `arrayfuncs.c` and `array_userfuncs.c`.
final class ArrayFunctions {
  private ArrayFunctions() {}

  static void register(FnTable t) {}

  static PgException accumulateError(String message) {
    return PgException.error(SqlState.ARRAY_ELEMENT_ERROR, message);
  }
}
