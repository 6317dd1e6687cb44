package dev.lifeline.access.nbtree;

import dev.lifeline.storage.file.TempFile;
import dev.lifeline.storage.page.PageLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/// Sorted runs of entries in a file, and their merge: the external half of a sort. Runs are written
/// one after the other, each in one go, and then read side by side, through a piece of memory for
/// each.
///
/// An entry is the length of its key (4 bytes; the complement for one that does not count), its tid
/// (8) and the key.
final class SortedRuns implements EntrySource {
  private static final int HEADER = 12;
  private static final int WRITE_BUFFER = 256 * 1024;
  private static final int READ_BUFFER_MIN = 16 * 1024;
  private static final int READ_BUFFER_MAX = 256 * 1024;

  private final TempFile file;
  private final List<Run> runs = new ArrayList<>();
  private @Nullable MemorySegment buffer;
  private int used;
  private long runStart;
  private boolean entryWaits;

  private @Nullable PriorityQueue<Run> queue;
  private @Nullable Run current;
  private int opened;

  SortedRuns(TempFile file) {
    this.file = file;
  }

  int count() {
    return runs.size();
  }

  /// Writes a run from what is left of the source; after a NotYet it goes on where it was.
  void write(EntrySource source) {
    MemorySegment memory = buffer;
    if (memory == null) {
      memory = Arena.ofAuto().allocate(WRITE_BUFFER, 8);
      buffer = memory;
    }
    while (true) {
      file.await();
      while (entryWaits || source.next()) {
        entryWaits = true;
        if (!put(memory, source)) {
          break;
        }
        entryWaits = false;
      }
      if (used == 0) {
        runs.add(new Run(runStart, file.size()));
        runStart = file.size();
        return;
      }
      file.append(memory.asSlice(0, used));
      used = 0;
    }
  }

  private boolean put(MemorySegment memory, EntrySource source) {
    byte[] key = source.key();
    if (used + HEADER + key.length > WRITE_BUFFER) {
      return false;
    }
    memory.set(PageLayout.INT, used, source.counts() ? key.length : ~key.length);
    memory.set(PageLayout.LONG, used + 4L, source.tid());
    MemorySegment.copy(key, 0, memory, ValueLayout.JAVA_BYTE, used + (long) HEADER, key.length);
    used += HEADER + key.length;
    return true;
  }

  /// Ends the writing: from now on [#next] gives the entries of all runs in order.
  ///
  /// @param memoryMax bytes for all runs together
  void startMerge(long memoryMax) {
    buffer = null;
    queue = new PriorityQueue<>(Math.max(1, runs.size()));
    int each = Math.clamp(memoryMax / Math.max(1, runs.size()), READ_BUFFER_MIN, READ_BUFFER_MAX);
    runs.forEach(run -> run.memory = Arena.ofAuto().allocate(each, 8));
  }

  @Override
  public boolean next() {
    PriorityQueue<Run> waiting = queue;
    if (waiting == null) {
      throw new IllegalStateException("the merge has not begun");
    }
    while (opened < runs.size()) {
      advance(runs.get(opened), waiting);
      opened++;
    }
    if (current != null) {
      advance(current, waiting);
    }
    current = waiting.poll();
    return current != null;
  }

  private void advance(Run run, PriorityQueue<Run> waiting) {
    if (run.next()) {
      waiting.add(run);
    }
  }

  private Run current() {
    if (current == null) {
      throw new IllegalStateException("not on an entry");
    }
    return current;
  }

  @Override
  public byte[] key() {
    return current().key;
  }

  @Override
  public long tid() {
    return current().tid;
  }

  @Override
  public boolean counts() {
    return current().counts;
  }

  /// One run, and where its reader is.
  private final class Run implements Comparable<Run> {
    private long at;
    private final long end;
    private MemorySegment memory = MemorySegment.NULL;
    private int position;
    private int limit;
    private boolean reading;
    private byte[] key = {};
    private long tid;
    private boolean counts;

    Run(long start, long end) {
      this.at = start;
      this.end = end;
    }

    boolean next() {
      while (true) {
        if (reading) {
          file.await();
          reading = false;
        }
        int left = limit - position;
        if (left >= HEADER) {
          int stored = memory.get(PageLayout.INT, position);
          int length = stored < 0 ? ~stored : stored;
          if (left >= HEADER + length) {
            take(stored, length);
            return true;
          }
        }
        if (at == end) {
          return false;
        }
        refill(left);
      }
    }

    private void take(int stored, int length) {
      counts = stored >= 0;
      tid = memory.get(PageLayout.LONG, position + 4L);
      key = new byte[length];
      MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, position + (long) HEADER, key, 0, length);
      position += HEADER + length;
    }

    private void refill(int left) {
      file.await();
      MemorySegment.copy(memory, position, memory, 0, left);
      int more = (int) Math.min(memory.byteSize() - left, end - at);
      position = 0;
      limit = left + more;
      file.read(memory.asSlice(left, more), at);
      at += more;
      reading = true;
    }

    @Override
    public int compareTo(Run other) {
      int byKey = Arrays.compareUnsigned(key, other.key);
      return byKey != 0 ? byKey : Long.compare(tid, other.tid);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(this);
    }
  }
}
