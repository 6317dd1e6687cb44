package dev.lifeline.tcop;

/// What a cursor was declared as.
///
/// @param scroll whether it may go back
/// @param keepsRows whether its rows are kept from the beginning: they may not come the same way
///   again
/// @param hold whether it outlives its transaction
/// @param creationMicros when it was declared
record CursorOptions(
    boolean scroll, boolean keepsRows, boolean hold, boolean binary, long creationMicros) {
  /// Of a portal that was not declared.
  static CursorOptions plain(long creationMicros) {
    return new CursorOptions(false, false, false, false, creationMicros);
  }
}
