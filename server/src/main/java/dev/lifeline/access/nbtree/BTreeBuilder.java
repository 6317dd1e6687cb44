package dev.lifeline.access.nbtree;

import dev.lifeline.access.index.Index;
import dev.lifeline.access.index.UniqueCheck;
import dev.lifeline.access.transam.Xact;
import org.jspecify.annotations.Nullable;

/// Fills a new B-tree with entries that come in any order: sorts them and writes full pages from
/// left to right.
///
/// When the memory for the sort is used up, [#drain] writes what has come so far; the rest is then
/// added, in sorted portions, as by inserts.
///
/// ```java
/// while (scan.next((tid, m, at, length) -> ... builder.add(key, tid, live) ..., MAX)) {
///   builder.drain();       // may throw NotYet, as all here
/// }
/// if (!builder.finish()) { throw 23505 with builder.conflict(); }
/// ```
public final class BTreeBuilder {
  private final BTreeAccess access;
  private final Xact xact;
  private final BTree index;
  private final boolean unique;
  private final long memoryMax;
  private final BTreeState state;
  private final SortedEntries entries = new SortedEntries();

  private enum Phase {
    COLLECT,
    LOAD,
    FLUSH,
    INSERT
  }

  private Phase phase = Phase.COLLECT;
  private boolean treeWritten;
  private @Nullable BTreeLoader loader;
  private int rank;
  private byte @Nullable [] conflict;

  BTreeBuilder(BTreeAccess access, Xact xact, BTree index, boolean unique, long memoryMax) {
    this.access = access;
    this.xact = xact;
    this.index = index;
    this.unique = unique;
    this.memoryMax = memoryMax;
    this.state = access.state(index.file());
  }

  /// Takes an entry.
  ///
  /// @param live whether its row counts for uniqueness: false for a dead one that somebody still
  ///   sees
  /// @throws dev.lifeline.utils.error.PgException 54000 when the key is too big for the index
  public void add(byte[] key, long tid, boolean live) {
    index.checkSize(key, tid);
    entries.add(key, tid, live);
  }

  /// Makes room when the memory is used up: to be called between two pages of the table's scan.
  public void drain() {
    if (phase != Phase.COLLECT || entries.bytes() > memoryMax) {
      write();
    }
  }

  /// Writes the tree. After a NotYet it goes on where it stopped.
  ///
  /// @return true when the tree is complete; false when two live rows have the same key, see
  ///   [#conflict]
  public boolean finish() {
    write();
    return conflict == null;
  }

  /// The key that two live rows have: the caller raises 23505 `could not create unique index`.
  public byte @Nullable [] conflict() {
    return conflict;
  }

  private void write() {
    if (conflict != null) {
      return;
    }
    if (phase == Phase.COLLECT) {
      if (entries.size() == 0) {
        return;
      }
      entries.sort();
      rank = 0;
      if (unique && findConflict()) {
        return;
      }
      phase = treeWritten ? Phase.INSERT : Phase.LOAD;
    }
    if (phase == Phase.INSERT) {
      insert();
    } else {
      load();
    }
    if (conflict == null) {
      entries.clear();
      phase = Phase.COLLECT;
    }
  }

  /// Among entries with the same key, at most one may be of a live row.
  private boolean findConflict() {
    int live = -1;
    for (int i = 0; i < entries.size(); i++) {
      if (i > 0 && !entries.sameKey(i - 1, i)) {
        live = -1;
      }
      if (entries.live(i)) {
        if (live >= 0) {
          conflict = entries.key(i);
          return true;
        }
        live = i;
      }
    }
    return false;
  }

  private void load() {
    BTreeLoader load = loader;
    if (load == null) {
      load =
          new BTreeLoader(
              access.buffers(),
              access.wal(),
              index.file(),
              xact.xidIfAny(),
              // A later portion goes through inserts, so only these keys matter.
              entries.longestKey());
      loader = load;
    }
    while (rank < entries.size()) {
      load.flush();
      load.add(entries.key(rank), entries.tid(rank));
      rank++;
    }
    if (phase == Phase.LOAD) {
      load.end();
      phase = Phase.FLUSH;
    }
    load.flush();
    load.writeMeta();
    state.setRoot(BTreeState.root(load.rootBlock(), load.rootLevel()));
    treeWritten = true;
    loader = null;
  }

  private void insert() {
    while (rank < entries.size()) {
      byte[] key = entries.key(rank);
      UniqueCheck check = unique && entries.live(rank) ? UniqueCheck.YES : UniqueCheck.NO;
      if (index.insert(xact, key, entries.tid(rank), check) != Index.NO_CONFLICT) {
        conflict = key;
        return;
      }
      rank++;
    }
  }
}
