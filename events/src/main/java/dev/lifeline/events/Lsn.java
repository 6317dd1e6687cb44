package dev.lifeline.events;

import java.util.Locale;

/// The text form of a log sequence number: PostgreSQL's two hexadecimal halves, `0/16B3748`.
///
/// A record component of type `long` whose name ends in `Lsn` is one, and is written in this form.
public final class Lsn {
  /// No position, PostgreSQL's `InvalidXLogRecPtr`.
  public static final long INVALID = 0;

  private Lsn() {}

  /// `0/16B3748` for 23803720.
  public static String format(long lsn) {
    return Long.toHexString(lsn >>> 32).toUpperCase(Locale.ROOT)
        + "/"
        + Long.toHexString(lsn & 0xFFFF_FFFFL).toUpperCase(Locale.ROOT);
  }

  /// The reverse of [#format].
  ///
  /// @throws IllegalArgumentException when the text is not two hexadecimal halves of at most eight
  ///   digits
  public static long parse(CharSequence text) {
    int slash = text.toString().indexOf('/');
    if (slash < 1 || slash > 8 || text.length() - slash - 1 < 1 || text.length() - slash - 1 > 8) {
      throw new IllegalArgumentException("not an LSN: \"" + text + "\"");
    }
    try {
      long high = Long.parseLong(text, 0, slash, 16);
      long low = Long.parseLong(text, slash + 1, text.length(), 16);
      if (high < 0 || low < 0) {
        throw new IllegalArgumentException("not an LSN: \"" + text + "\"");
      }
      return high << 32 | low;
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("not an LSN: \"" + text + "\"", e);
    }
  }
}
