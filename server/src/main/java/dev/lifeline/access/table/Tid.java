package dev.lifeline.access.table;

/// Helps with tuple identifiers: `block << 16 | line pointer`.
public final class Tid {
  /// No tuple.
  public static final long INVALID = 0;

  private Tid() {}

  public static long of(int block, int offset) {
    return Integer.toUnsignedLong(block) << 16 | offset;
  }

  public static int block(long tid) {
    return (int) (tid >>> 16);
  }

  /// The number of the line pointer, from 1.
  public static int offset(long tid) {
    return (int) tid & 0xFFFF;
  }

  /// As PostgreSQL prints it: `(0,1)`.
  public static String format(long tid) {
    return "(" + Integer.toUnsignedString(block(tid)) + "," + offset(tid) + ")";
  }
}
