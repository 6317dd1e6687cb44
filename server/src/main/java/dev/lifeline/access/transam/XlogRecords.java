package dev.lifeline.access.transam;

/// The kinds of records of transam's own resource managers.
final class XlogRecords {
  /// [Rmgr#XLOG]: a checkpoint after which nothing was written.
  static final int CHECKPOINT_SHUTDOWN = 0x00;

  static final int CHECKPOINT_ONLINE = 0x10;

  /// Relation numbers and oids up to here may have been given out.
  static final int NEXT_NUMBERS = 0x30;

  /// Nothing more is written to the segment that it is in.
  static final int SWITCH = 0x40;

  /// A base backup that began at that point is complete.
  static final int BACKUP_END = 0x50;

  /// A name for this point.
  static final int RESTORE_POINT = 0x70;

  /// [Rmgr#XACT].
  static final int COMMIT = 0x00;

  static final int ABORT = 0x20;

  /// [Rmgr#SMGR].
  static final int CREATE = 0x10;

  static final int TRUNCATE = 0x20;

  private XlogRecords() {}
}
