package dev.lifeline.utils.activity;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// How many blocks of each relation file were fetched from the buffer pool, and how many of these
/// had to be read. Asked at every pin of a page, so a look-up takes no latch and makes no object.
///
/// An open-addressed table that is replaced, under this object's monitor, by a larger or a smaller
/// one; the entries stay the same objects, so a count that comes meanwhile is not lost.
public final class BlockCounters {
  private static final int INITIAL = 256;

  private volatile @Nullable Entry[] table = new @Nullable Entry[INITIAL];
  private int size;

  /// The counts of one file.
  public static final class Entry {
    private final int databaseOid;
    private final long relNumber;
    private final LongAdder fetches = new LongAdder();
    private final LongAdder reads = new LongAdder();

    Entry(int databaseOid, long relNumber) {
      this.databaseOid = databaseOid;
      this.relNumber = relNumber;
    }

    /// A block was pinned.
    public void countFetch() {
      fetches.increment();
    }

    /// A read from the disk was started.
    public void countRead() {
      reads.increment();
    }

    public long fetched() {
      return fetches.sum();
    }

    public long read() {
      return reads.sum();
    }

    int databaseOid() {
      return databaseOid;
    }

    long relNumber() {
      return relNumber;
    }

    void restore(long fetched, long read) {
      fetches.add(fetched);
      reads.add(read);
    }

    private boolean is(int database, long number) {
      return relNumber == number && databaseOid == database;
    }
  }

  /// The counts of a file.
  public Entry of(int databaseOid, long relNumber) {
    @Nullable Entry[] current = table;
    int mask = current.length - 1;
    for (int i = slot(databaseOid, relNumber, mask); ; i = (i + 1) & mask) {
      Entry entry = current[i];
      if (entry == null) {
        return add(databaseOid, relNumber);
      }
      if (entry.is(databaseOid, relNumber)) {
        return entry;
      }
    }
  }

  private static int slot(int databaseOid, long relNumber, int mask) {
    long h = (relNumber * 0x9E37_79B9_7F4A_7C15L) ^ (databaseOid * 0xC2B2_AE3D_27D4_EB4FL);
    return (int) (h >>> 40) & mask;
  }

  /// The counts of a file, or null where nothing was counted yet.
  public @Nullable Entry find(int databaseOid, long relNumber) {
    @Nullable Entry[] current = table;
    int mask = current.length - 1;
    for (int i = slot(databaseOid, relNumber, mask); ; i = (i + 1) & mask) {
      Entry entry = current[i];
      if (entry == null || entry.is(databaseOid, relNumber)) {
        return entry;
      }
    }
  }

  private synchronized Entry add(int databaseOid, long relNumber) {
    Entry found = find(databaseOid, relNumber);
    if (found != null) {
      return found;
    }
    Entry added = new Entry(databaseOid, relNumber);
    @Nullable Entry[] old = table;
    @Nullable Entry[] next =
        new @Nullable Entry[(size + 1) * 2 > old.length ? old.length * 2 : old.length];
    for (Entry entry : old) {
      if (entry != null) {
        put(next, entry);
      }
    }
    put(next, added);
    size++;
    table = next;
    return added;
  }

  private static void put(@Nullable Entry[] into, Entry entry) {
    int mask = into.length - 1;
    int i = slot(entry.databaseOid, entry.relNumber, mask);
    while (into[i] != null) {
      i = (i + 1) & mask;
    }
    into[i] = entry;
  }

  /// The file is gone; returns what was counted for it.
  synchronized @Nullable Entry forget(int databaseOid, long relNumber) {
    Entry gone = find(databaseOid, relNumber);
    if (gone != null) {
      @Nullable Entry[] old = table;
      @Nullable Entry[] next = new @Nullable Entry[old.length];
      for (Entry entry : old) {
        if (entry != null && entry != gone) {
          put(next, entry);
        }
      }
      size--;
      table = next;
    }
    return gone;
  }

  synchronized void forgetDatabase(int databaseOid) {
    for (Entry entry : table) {
      if (entry != null && entry.databaseOid == databaseOid) {
        forget(databaseOid, entry.relNumber);
      }
    }
  }

  /// All files that were counted for.
  List<Entry> entries() {
    List<Entry> entries = new ArrayList<>();
    for (Entry entry : table) {
      if (entry != null) {
        entries.add(entry);
      }
    }
    return entries;
  }

  synchronized void clear() {
    table = new @Nullable Entry[INITIAL];
    size = 0;
  }

  long fetched(int databaseOid) {
    long sum = 0;
    for (Entry entry : table) {
      if (entry != null && entry.databaseOid == databaseOid) {
        sum += entry.fetched();
      }
    }
    return sum;
  }

  long read(int databaseOid) {
    long sum = 0;
    for (Entry entry : table) {
      if (entry != null && entry.databaseOid == databaseOid) {
        sum += entry.read();
      }
    }
    return sum;
  }

  /// Blocks of all databases.
  public long fetched() {
    long sum = 0;
    for (Entry entry : table) {
      sum += entry == null ? 0 : entry.fetched();
    }
    return sum;
  }

  /// Those that had to be read.
  public long read() {
    long sum = 0;
    for (Entry entry : table) {
      sum += entry == null ? 0 : entry.read();
    }
    return sum;
  }
}
