package dev.lifeline.access.heap;

/// The WAL records of the heap: what [dev.lifeline.access.transam.WalRecord#info] is.
///
/// | record | block data | record data |
/// | --- | --- | --- |
/// | INSERT | 0: item, infomask, payload | |
/// | MULTI_INSERT | 0: count, then for each item, payload length, payload | |
/// | DELETE | 0: item, infomask | old identity |
/// | UPDATE | 0 (new): item, infomask, payload; 1 (old): item, infomask | new item, old identity |
/// | UPDATE_IN_PAGE | 0: old item, old infomask, new item, new infomask, payload | old identity |
/// | LOCK | 0: item, infomask | |
/// | PRUNE | 0: counts, then line pointers | the next prune xid |
/// | VACUUM | 0: count, then line pointers | |
/// | FREEZE | 0: count, then line pointers with flags, see [HeapPage#freeze] | |
/// | VISIBLE | 0 (visibility map), 1 (heap) | the block's index there, the bits |
/// | CLEAR_VISIBLE | 0 (visibility map), 1 (heap) | the block's index there |
/// | FORGET_VISIBLE | 0 (visibility map) | the index of the first block there |
/// | PAGES | none: each block comes with its image | |
/// | RETRACT | 0: item | |
///
/// The old identity is there for decoding only, see
/// [dev.lifeline.access.transam.LoggedTable#oldIdentity]; [HeapDecoder] reads these records.
///
/// Numbers of items and infomasks are shorts. The transaction is the record's own xid. Command ids
/// are not logged: nobody asks for them after a crash.
final class HeapRecord {
  static final int INSERT = 1;
  static final int MULTI_INSERT = 2;
  static final int DELETE = 3;
  static final int UPDATE = 4;
  static final int UPDATE_IN_PAGE = 5;
  static final int LOCK = 6;
  static final int PRUNE = 7;
  static final int VACUUM = 8;
  static final int FREEZE = 9;
  static final int VISIBLE = 10;
  static final int CLEAR_VISIBLE = 11;
  static final int FORGET_VISIBLE = 12;
  static final int PAGES = 13;
  static final int RETRACT = 14;

  /// Added where block 0 is a new page that redo initializes.
  static final int INIT_PAGE = 0x80;

  private static final String[] NAMES = {
    "",
    "INSERT",
    "MULTI_INSERT",
    "DELETE",
    "UPDATE",
    "UPDATE_IN_PAGE",
    "LOCK",
    "PRUNE",
    "VACUUM",
    "FREEZE",
    "VISIBLE",
    "CLEAR_VISIBLE",
    "FORGET_VISIBLE",
    "PAGES",
    "RETRACT"
  };

  private HeapRecord() {}

  static String name(int info) {
    String name = NAMES[info & ~INIT_PAGE];
    return (info & INIT_PAGE) != 0 ? name + "+INIT" : name;
  }
}
