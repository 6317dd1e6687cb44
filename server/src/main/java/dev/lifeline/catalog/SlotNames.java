package dev.lifeline.catalog;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;

/// How replication slots may be called.
public final class SlotNames {
  private static final int NAME_MAX = 63;

  private SlotNames() {}

  /// As PostgreSQL, lower-case letters, digits and underscores.
  public static void check(String name) {
    if (name.isEmpty()) {
      throw PgException.error(
          SqlState.INVALID_NAME, "replication slot name \"%s\" is too short", name);
    }
    if (name.length() > NAME_MAX) {
      throw PgException.error(
          SqlState.NAME_TOO_LONG, "replication slot name \"%s\" is too long", name);
    }
    if (!name.matches("[a-z0-9_]+")) {
      throw PgException.error(
              SqlState.INVALID_NAME,
              "replication slot name \"%s\" contains invalid character",
              name)
          .hint(
              "Replication slot names may only contain lower case letters, numbers, and the"
                  + " underscore character.");
    }
  }
}
