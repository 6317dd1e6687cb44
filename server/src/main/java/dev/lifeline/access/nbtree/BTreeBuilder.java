package dev.lifeline.access.nbtree;

import dev.lifeline.access.TempFiles;
import dev.lifeline.access.transam.Xact;
import dev.lifeline.storage.file.TempFile;
import java.util.Arrays;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/// Fills a new B-tree with entries that come in any order: sorts them and writes full pages from
/// left to right.
///
/// When the memory for the sort is used up, [#drain] writes a sorted run into a temporary file;
/// [#finish] merges the runs.
///
/// ```java
/// while (scan.next((tid, m, at, length) -> ... builder.add(key, tid, counts) ..., MAX)) {
///   builder.drain();       // may throw NotYet, as all here
/// }
/// if (!builder.finish()) { throw 23505 with builder.conflict(); }
/// ```
public final class BTreeBuilder {
  /// Percent of a leaf that is filled, where the index has no `fillfactor` of its own.
  public static final int FILLFACTOR = 90;

  private static final int STEPS_PER_BREATH = 512;

  private final BTreeAccess access;
  private final Xact xact;
  private final BTree index;
  private final @Nullable LongPredicate live;
  private final long memoryMax;
  private final int fillfactor;
  private final Runnable breath;
  private final BTreeState state;
  private final SortedEntries entries = new SortedEntries();

  private enum Phase {
    COLLECT,
    SORT,
    SPILL,
    LOAD,
    FLUSH,
    DONE
  }

  private Phase phase = Phase.COLLECT;
  private @Nullable TempFile file;
  private @Nullable SortedRuns runs;
  private @Nullable BTreeLoader loader;
  private boolean onEntry;
  private long steps;

  // The last entry that counts, with what is known of its row.
  private byte @Nullable [] lastKey;
  private long lastTid;
  private boolean lastLive;

  private byte @Nullable [] conflict;

  BTreeBuilder(
      BTreeAccess access,
      Xact xact,
      BTree index,
      @Nullable LongPredicate live,
      long memoryMax,
      int fillfactor,
      Runnable breath) {
    this.access = access;
    this.xact = xact;
    this.index = index;
    this.live = live;
    this.memoryMax = memoryMax;
    this.fillfactor = fillfactor;
    this.breath = breath;
    this.state = access.state(index.file());
  }

  /// Where it is, as `pg_stat_progress_create_index` calls it.
  public String phase() {
    return switch (phase) {
      case COLLECT -> "building index: scanning table";
      case SORT, SPILL -> "building index: sorting live tuples";
      case LOAD, FLUSH, DONE -> "building index: loading tuples in tree";
    };
  }

  /// About how many entries are in the tree: one that had to wait for a page counts again.
  public long loaded() {
    return steps;
  }

  /// Takes an entry.
  ///
  /// @param counts whether its row may conflict with another one in a unique index: not, where a
  ///   null makes its key different from all others
  /// @throws dev.lifeline.utils.error.PgException 54000 when the key is too big for the index
  public void add(byte[] key, long tid, boolean counts) {
    index.checkSize(key, tid);
    entries.add(key, tid, counts);
  }

  /// Makes room when the memory is used up: to be called between two pages of the table's scan.
  public void drain() {
    boolean spilling = phase == Phase.SORT || phase == Phase.SPILL;
    if (spilling || (phase == Phase.COLLECT && entries.bytes() > memoryMax)) {
      spill();
    }
  }

  private TempFiles files() {
    return TempFiles.of(access.heap().shared(), xact);
  }

  private void spill() {
    SortedRuns written = runs;
    if (written == null) {
      TempFile temporary = files().create();
      written = new SortedRuns(temporary);
      file = temporary;
      runs = written;
    }
    if (phase == Phase.COLLECT) {
      phase = Phase.SORT;
    }
    if (phase == Phase.SORT) {
      entries.sort(breath);
      phase = Phase.SPILL;
    }
    written.write(entries);
    entries.clear();
    phase = Phase.COLLECT;
  }

  /// Writes the tree. After a NotYet it goes on where it stopped.
  ///
  /// @return true when the tree is complete; false when two live rows have the same key, see
  ///   [#conflict]
  public boolean finish() {
    if (phase == Phase.COLLECT || phase == Phase.SORT || phase == Phase.SPILL) {
      prepareLoad();
    }
    BTreeLoader load = loader;
    if (load == null) {
      return conflict == null;
    }
    if (phase == Phase.LOAD) {
      SortedRuns merged = runs;
      if (!load(load, merged == null ? entries : merged)) {
        return false;
      }
      load.end();
      phase = Phase.FLUSH;
    }
    if (phase == Phase.FLUSH) {
      load.flush();
      load.writeMeta();
      state.setRoot(BTreeState.root(load.rootBlock(), load.rootLevel()));
      phase = Phase.DONE;
      entries.clear();
      if (file != null) {
        files().discard(file);
      }
    }
    return true;
  }

  /// The key that two live rows have: the caller raises 23505 `could not create unique index`.
  public byte @Nullable [] conflict() {
    return conflict;
  }

  private void prepareLoad() {
    SortedRuns written = runs;
    if (written != null) {
      if (phase != Phase.COLLECT || entries.size() > 0) {
        spill();
      }
      written.startMerge(memoryMax);
    } else {
      if (entries.size() == 0) {
        phase = Phase.DONE;
        return;
      }
      entries.sort(breath);
    }
    phase = Phase.LOAD;
    loader =
        new BTreeLoader(
            access.buffers(),
            access.wal(),
            index.file(),
            xact.xidIfAny(),
            entries.longestKey(),
            fillfactor);
  }

  private boolean load(BTreeLoader load, EntrySource source) {
    while (onEntry || source.next()) {
      onEntry = true;
      if (++steps % STEPS_PER_BREATH == 0) {
        breath.run();
      }
      load.flush();
      byte[] key = source.key();
      long tid = source.tid();
      if (source.counts() && conflicts(key, tid)) {
        conflict = key;
        return false;
      }
      load.add(key, tid);
      onEntry = false;
    }
    return true;
  }

  /// Among entries with the same key, at most one may be of a live row. Only where there are
  /// several it matters which are.
  private boolean conflicts(byte[] key, long tid) {
    LongPredicate isLive = live;
    if (isLive == null) {
      return false;
    }
    byte[] last = lastKey;
    int length = index.keyLength(key);
    if (last == null || !Arrays.equals(key, 0, length, last, 0, index.keyLength(last))) {
      lastKey = key;
      lastTid = tid;
      lastLive = false;
      return false;
    }
    if (!lastLive) {
      if (!isLive.test(lastTid)) {
        lastTid = tid;
        return false;
      }
      lastLive = true;
    }
    return isLive.test(tid);
  }
}
