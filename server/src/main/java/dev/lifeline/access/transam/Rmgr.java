package dev.lifeline.access.transam;

/// The numbers of the resource managers, as they are in WAL records: never changed, never reused.
public final class Rmgr {
  public static final int XLOG = 0;
  public static final int XACT = 1;
  public static final int SMGR = 2;
  public static final int CLOG = 3;
  public static final int DBASE = 4;
  public static final int HEAP = 10;
  public static final int BTREE = 11;

  /// What only logical decoding reads.
  public static final int LOGICAL = 12;

  public static final int COUNT = 32;

  private Rmgr() {}
}
