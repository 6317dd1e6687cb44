package dev.lifeline.storage.lmgr;

import org.jspecify.annotations.Nullable;

/// The modes in which one owner holds one lock. Guarded by the lock manager's latch.
final class Holding {
  final LockEntry entry;
  final LockOwner owner;

  /// The bits of the modes that are held until the transaction ends.
  int transactionModes;

  /// How often each mode was acquired for the session; null when none was.
  private int @Nullable [] sessionCounts;

  private int sessionModes;

  Holding(LockEntry entry, LockOwner owner) {
    this.entry = entry;
    this.owner = owner;
  }

  int modes() {
    return transactionModes | sessionModes;
  }

  int sessionModes() {
    return sessionModes;
  }

  void addSession(LockMode mode) {
    int[] counts = sessionCounts;
    if (counts == null) {
      counts = new int[8];
      sessionCounts = counts;
    }
    counts[mode.index()]++;
    sessionModes |= mode.bit();
  }

  /// Gives back one acquisition for the session; false when there is none.
  boolean removeSession(LockMode mode) {
    int[] counts = sessionCounts;
    if (counts == null || counts[mode.index()] == 0) {
      return false;
    }
    if (--counts[mode.index()] == 0) {
      sessionModes &= ~mode.bit();
    }
    return true;
  }

  void clearSession() {
    sessionCounts = null;
    sessionModes = 0;
  }
}
