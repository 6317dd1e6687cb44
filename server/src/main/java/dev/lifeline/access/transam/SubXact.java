package dev.lifeline.access.transam;

import dev.lifeline.storage.smgr.RelFileLocator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// One level of a transaction: itself, or an open savepoint.
final class SubXact {
  private static final long[] NONE = new long[0];

  private final int id;
  private long xid;

  /// Xids of subtransactions below that were committed into this one, ascending: one that is opened
  /// later gets a greater xid, and those below it greater ones still.
  private long[] children = NONE;

  private int childCount;

  /// Relations whose files go when this level aborts, and when the whole transaction commits.
  private List<RelFileLocator> created = List.of();

  private List<RelFileLocator> dropped = List.of();

  SubXact(int id) {
    this.id = id;
  }

  int id() {
    return id;
  }

  long xid() {
    return xid;
  }

  void setXid(long newXid) {
    xid = newXid;
  }

  long[] children() {
    return Arrays.copyOf(children, childCount);
  }

  List<RelFileLocator> created() {
    return created;
  }

  List<RelFileLocator> dropped() {
    return dropped;
  }

  void addCreated(RelFileLocator rel) {
    created = with(created, rel);
  }

  void addDropped(RelFileLocator rel) {
    dropped = with(dropped, rel);
  }

  private static List<RelFileLocator> with(List<RelFileLocator> list, RelFileLocator rel) {
    List<RelFileLocator> grown = list.isEmpty() ? new ArrayList<>(2) : list;
    grown.add(rel);
    return grown;
  }

  boolean isOwnXid(long wanted) {
    return wanted == xid || Arrays.binarySearch(children, 0, childCount, wanted) >= 0;
  }

  /// What a committed subtransaction did becomes this level's.
  void absorb(SubXact sub) {
    if (sub.xid != 0) {
      int needed = childCount + 1 + sub.childCount;
      if (needed > children.length) {
        children = Arrays.copyOf(children, Math.max(needed, 2 * children.length));
      }
      children[childCount] = sub.xid;
      System.arraycopy(sub.children, 0, children, childCount + 1, sub.childCount);
      childCount = needed;
    }
    sub.created.forEach(this::addCreated);
    sub.dropped.forEach(this::addDropped);
  }

  /// Its own xid and those below it.
  long[] allXids() {
    if (xid == 0) {
      return NONE;
    }
    long[] all = new long[childCount + 1];
    all[0] = xid;
    System.arraycopy(children, 0, all, 1, childCount);
    return all;
  }
}
