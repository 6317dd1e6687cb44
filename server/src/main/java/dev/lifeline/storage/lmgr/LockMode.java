package dev.lifeline.storage.lmgr;

/// PostgreSQL's eight lock modes, from the weakest to the strongest, and which of them exclude each
/// other. The table is that of PostgreSQL's documentation, "Explicit Locking".
public enum LockMode {
  ACCESS_SHARE("AccessShareLock"),
  ROW_SHARE("RowShareLock"),
  ROW_EXCLUSIVE("RowExclusiveLock"),
  SHARE_UPDATE_EXCLUSIVE("ShareUpdateExclusiveLock"),
  SHARE("ShareLock"),
  SHARE_ROW_EXCLUSIVE("ShareRowExclusiveLock"),
  EXCLUSIVE("ExclusiveLock"),
  ACCESS_EXCLUSIVE("AccessExclusiveLock");

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

  private final String pgName;

  LockMode(String pgName) {
    this.pgName = pgName;
  }

  private static int bits(LockMode... modes) {
    int mask = 0;
    for (LockMode mode : modes) {
      mask |= 1 << mode.ordinal();
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
    return ordinal();
  }

  int bit() {
    return 1 << ordinal();
  }

  /// The bits of the modes that conflict with this one.
  int conflicts() {
    return CONFLICTS[ordinal()];
  }

  /// May be held on a relation without an entry in the shared table: the modes of plain reading and
  /// writing, which never exclude each other.
  boolean weak() {
    return ordinal() <= ROW_EXCLUSIVE.ordinal();
  }

  /// Conflicts with a weak mode.
  boolean strong() {
    return ordinal() > SHARE_UPDATE_EXCLUSIVE.ordinal();
  }

  static LockMode of(int ordinal) {
    return MODES[ordinal];
  }
}
