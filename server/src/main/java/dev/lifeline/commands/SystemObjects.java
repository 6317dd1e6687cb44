package dev.lifeline.commands;

import dev.lifeline.catalog.Relation;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;

/// What the system needs and nobody may change.
final class SystemObjects {
  /// The oids below are those of initdb.
  private static final int FIRST_NORMAL_OID = 16384;

  private SystemObjects() {}

  static boolean isSystem(int oid) {
    return Integer.compareUnsigned(oid, FIRST_NORMAL_OID) < 0;
  }

  /// Refuses to change a system catalog.
  static void refuse(Relation relation) {
    if (isSystem(relation.oid())) {
      throw PgException.error(
          SqlState.INSUFFICIENT_PRIVILEGE,
          "permission denied: \"%s\" is a system catalog",
          relation.name());
    }
  }
}
