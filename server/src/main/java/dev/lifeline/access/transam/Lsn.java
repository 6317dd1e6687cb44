package dev.lifeline.access.transam;

/// A position in the write-ahead log: a byte offset from its beginning, 0 for none.
public final class Lsn {
  public static final long INVALID = 0;

  private Lsn() {}

  /// As PostgreSQL prints it: `0/16B3748`.
  public static String format(long lsn) {
    return Long.toHexString(lsn >>> 32).toUpperCase(java.util.Locale.ROOT)
        + "/"
        + Integer.toHexString((int) lsn).toUpperCase(java.util.Locale.ROOT);
  }
}
