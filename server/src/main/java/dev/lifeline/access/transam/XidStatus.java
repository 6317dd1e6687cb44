package dev.lifeline.access.transam;

/// What became of a transaction. One that is in progress here and is not running has been ended by
/// a crash: it counts as aborted.
public enum XidStatus {
  IN_PROGRESS(0),
  COMMITTED(1),
  ABORTED(2);

  private final int bits;

  XidStatus(int bits) {
    this.bits = bits;
  }

  /// The two bits that the commit log has for it.
  int bits() {
    return bits;
  }
}
