package dev.lifeline.access.nbtree;

/// The WAL records of B-trees: what [dev.lifeline.access.transam.WalRecord#info] is.
///
/// | record | blocks | data |
/// | --- | --- | --- |
/// | INSERT | 0: number, item; 1, if inner: the child whose split is now complete | |
/// | SPLIT | 0 (left): high key length, high key, new item if it is there; 1 (right): image; 2: the page to the right of both; 3: as 1 of INSERT | first right entry, number of the new item, whether it is on the left |
/// | NEW_ROOT | 0: image; 1: the old root; 2: meta page | level |
/// | DELETE | 0: count, then numbers | |
/// | UNLINK | 0 (parent): number, block; then for each level from the leaf up, 1: the page that goes, 2: its left sibling, if any, 3: its right one | levels, xid; for each: the siblings |
/// | PAGES | images only: a new tree, or pages of a build | |
final class BTreeRecord {
  static final int INSERT = 1;
  static final int SPLIT = 2;
  static final int NEW_ROOT = 3;
  static final int DELETE = 4;
  static final int PAGES = 5;
  static final int UNLINK = 6;

  private static final String[] NAMES = {
    "", "INSERT", "SPLIT", "NEWROOT", "DELETE", "PAGES", "UNLINK_PAGE"
  };

  private BTreeRecord() {}

  static String name(int info) {
    return NAMES[info];
  }
}
