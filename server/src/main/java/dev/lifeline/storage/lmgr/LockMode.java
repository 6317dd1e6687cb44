package dev.lifeline.storage.lmgr;

/// PostgreSQL's eight lock modes, from the weakest to the strongest, and which of them exclude each
/// other. The table is that of PostgreSQL's documentation, "Explicit Locking".
public enum LockMode {
  ACCESS_SHARE(0, "AccessShareLock"),
  ROW_SHARE(1, "RowShareLock"),
  ROW_EXCLUSIVE(2, "RowExclusiveLock"),
  SHARE_UPDATE_EXCLUSIVE(3, "ShareUpdateExclusiveLock"),
  SHARE(4, "ShareLock"),
  SHARE_ROW_EXCLUSIVE(5, "ShareRowExclusiveLock"),
  EXCLUSIVE(6, "ExclusiveLock"),
  ACCESS_EXCLUSIVE(7, "AccessExclusiveLock");

  private static final LockMode[] MODES = values();

  /// A row for each mode: the bits of the modes that it cannot be held beside.
  private static final int[] CONFLICTS = {
    bits(ACCESS_EXCLUSIVE),
    bits(EXCLUSIVE, ACCESS_EXCLUSIVE),
    bits(SHARE, SHARE_ROW_EXCLUSIVE, EXCLUSIVE, ACCESS_EXCLUSIVE),
    bits(SHARE_UPDATE_EXCLUSIVE, SHARE, SHARE_ROW_EXCLUSIVE, EXCLUSIVE, ACCESS_EXCLUSIVE),
    bits(ROW_EXCLUSIVE, SHARE_UPDATE_EXCLUSIVE, SHARE_ROW_EXCLUSIVE, EXCLUSIVE, ACCESS_EXCLUSIVE),
    bits(
        ROW_EXCLUSIVE,
        SHARE_UPDATE_EXCLUSIVE,
        SHARE,
        SHARE_ROW_EXCLUSIVE,
        EXCLUSIVE,
        ACCESS_EXCLUSIVE),
    bits(
        ROW_SHARE,
        ROW_EXCLUSIVE,
        SHARE_UPDATE_EXCLUSIVE,
        SHARE,
        SHARE_ROW_EXCLUSIVE,
        EXCLUSIVE,
        ACCESS_EXCLUSIVE),
    bits(MODES),
  };

  private final int index;
  private final String pgName;

  LockMode(int index, String pgName) {
    this.index = index;
    this.pgName = pgName;
  }

  private static int bits(LockMode... modes) {
    int mask = 0;
    for (LockMode mode : modes) {
      mask |= mode.bit();
    }
    return mask;
  }

  /// The name in `pg_locks.mode`.
  public String pgName() {
    return pgName;
  }

  public boolean conflictsWith(LockMode other) {
    return (conflicts() & other.bit()) != 0;
  }

  /// From 0, in the order of strength.
  int index() {
    return index;
  }

  int bit() {
    return 1 << index;
  }

  /// The bits of the modes that conflict with this one.
  int conflicts() {
    return CONFLICTS[index];
  }

  /// May be held on a relation without an entry in the shared table: the modes of plain reading and
  /// writing, which never exclude each other.
  boolean weak() {
    return index <= ROW_EXCLUSIVE.index;
  }

  /// Conflicts with a weak mode.
  boolean strong() {
    return index > SHARE_UPDATE_EXCLUSIVE.index;
  }

  static LockMode of(int index) {
    return MODES[index];
  }
}
