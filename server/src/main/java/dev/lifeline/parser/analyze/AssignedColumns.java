package dev.lifeline.parser.analyze;

import dev.lifeline.catalog.Relation;
import dev.lifeline.parser.tree.OverridingKind;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;

/// Which columns a statement may give values to: those that are GENERATED ALWAYS take none.
final class AssignedColumns {
  private AssignedColumns() {}

  /// Whether what INSERT gives for a column is not used: OVERRIDING USER VALUE of an identity.
  ///
  /// @throws PgException 428C9 where the column takes no value
  static boolean ignores(Relation.Column column, OverridingKind overriding) {
    if (column.isGenerated()) {
      throw generated(insertError(column), column);
    }
    if (column.identity() != 0 && overriding == OverridingKind.USER_VALUE) {
      return true;
    }
    if (column.identity() == 'a' && overriding != OverridingKind.SYSTEM_VALUE) {
      throw always(insertError(column), column).hint("Use OVERRIDING SYSTEM VALUE to override.");
    }
    return false;
  }

  private static PgException insertError(Relation.Column column) {
    return PgException.error(
        SqlState.GENERATED_ALWAYS,
        "cannot insert a non-DEFAULT value into column \"%s\"",
        column.name());
  }

  /// UPDATE gives the column a value other than DEFAULT.
  static void checkUpdate(Relation.Column column) {
    PgException error =
        PgException.error(
            SqlState.GENERATED_ALWAYS,
            "column \"%s\" can only be updated to DEFAULT",
            column.name());
    if (column.isGenerated()) {
      throw generated(error, column);
    }
    if (column.identity() == 'a') {
      throw always(error, column);
    }
  }

  private static PgException generated(PgException error, Relation.Column column) {
    return error.detail("Column \"%s\" is a generated column.", column.name());
  }

  private static PgException always(PgException error, Relation.Column column) {
    return error.detail(
        "Column \"%s\" is an identity column defined as GENERATED ALWAYS.", column.name());
  }
}
