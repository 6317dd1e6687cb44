package dev.lifeline.access.nbtree;

/// What all handles of one B-tree's file share: where its root was last seen. A root that was split
/// since says so itself, by the flag that it lost.
final class BTreeState {
  static final long UNKNOWN = -1;

  /// Block in the high half, level in the low one.
  private volatile long root = UNKNOWN;

  long root() {
    return root;
  }

  void setRoot(long blockAndLevel) {
    root = blockAndLevel;
  }

  static long root(int block, int level) {
    return (long) block << 32 | level;
  }

  static int block(long root) {
    return (int) (root >>> 32);
  }

  static int level(long root) {
    return (int) root;
  }
}
