package dev.lifeline.access.transam;

/// Gives out relation numbers and oids. Both are logged in advance, some thousands at a time, so
/// that a crash skips numbers and never repeats one. Guard: `this`.
final class Numbers {
  /// Oids below are for what initdb makes; relation numbers begin here as well.
  static final int FIRST_NORMAL = 16384;

  private static final int PREFETCH = 8192;
  private static final long OIDS = 1L << 32;

  private final Wal wal;
  private long nextRelNumber = FIRST_NORMAL;
  private long relNumberLimit = FIRST_NORMAL;
  private long nextOid = FIRST_NORMAL;
  private long oidLimit = FIRST_NORMAL;

  Numbers(Wal wal) {
    this.wal = wal;
  }

  synchronized void start(long relNumber, int oid) {
    nextRelNumber = relNumber;
    relNumberLimit = relNumber;
    nextOid = Integer.toUnsignedLong(oid);
    oidLimit = nextOid;
  }

  synchronized long nextRelNumber() {
    if (nextRelNumber >= relNumberLimit) {
      relNumberLimit = nextRelNumber + PREFETCH;
      log();
    }
    return nextRelNumber++;
  }

  synchronized int nextOid() {
    if (nextOid >= OIDS) {
      nextOid = FIRST_NORMAL;
      oidLimit = FIRST_NORMAL;
    }
    if (nextOid >= oidLimit) {
      oidLimit = Math.min(nextOid + PREFETCH, OIDS);
      log();
    }
    return (int) nextOid++;
  }

  private void log() {
    wal.begin(Rmgr.XLOG, XlogRecords.NEXT_NUMBERS, 0)
        .data()
        .putLong(relNumberLimit)
        .putInt((int) oidLimit)
        .insert();
  }

  /// What a checkpoint says: exact when nothing follows it, else what was logged as given out.
  synchronized long relNumberFor(boolean shutdown) {
    return shutdown ? nextRelNumber : relNumberLimit;
  }

  synchronized int oidFor(boolean shutdown) {
    return (int) (shutdown ? nextOid : oidLimit);
  }
}
