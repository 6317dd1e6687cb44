package dev.lifeline.catalog;

/// The names of toast tables: they have the oid of the table that they belong to in them.
public final class ToastNames {
  private static final String PREFIX = "pg_toast_";

  private ToastNames() {}

  static String of(int tableOid) {
    return PREFIX + Integer.toUnsignedString(tableOid);
  }

  /// The oid of the table that a toast table of this name belongs to; 0 where it is none's name.
  public static int tableOid(String name) {
    return name.startsWith(PREFIX) ? Integer.parseUnsignedInt(name.substring(PREFIX.length())) : 0;
  }
}
