package dev.lifeline.commands;

import dev.lifeline.catalog.Relation;
import dev.lifeline.catalog.SystemOids;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;

/// What the system needs and nobody may change.
final class SystemObjects {
  private SystemObjects() {}

  /// Refuses to change a system catalog.
  static void refuse(Relation relation) {
    if (SystemOids.isSystem(relation.oid())) {
      throw PgException.error(
          SqlState.INSUFFICIENT_PRIVILEGE,
          "permission denied: \"%s\" is a system catalog",
          relation.name());
    }
  }
}
