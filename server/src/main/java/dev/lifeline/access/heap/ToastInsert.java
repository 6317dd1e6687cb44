package dev.lifeline.access.heap;

import dev.lifeline.access.index.UniqueCheck;
import dev.lifeline.access.table.BulkInsert;
import dev.lifeline.access.transam.Xact;
import java.util.ArrayList;
import java.util.List;

/// Stores one value as chunks. Called again after each wait, it goes on where it was.
final class ToastInsert {
  /// Chunks that are formed at a time.
  private static final int WINDOW = 64;

  private final ToastTable toast;
  private final byte[] data;
  private final int count;
  private final BulkInsert bulk = new BulkInsert();
  private final long[] tids = new long[WINDOW];
  private final List<byte[]> window = new ArrayList<>(WINDOW);
  private long id;
  private int first;
  private int stored;
  private int indexed;

  ToastInsert(ToastTable toast, byte[] data) {
    this.toast = toast;
    this.data = data;
    this.count = ToastTable.chunkCount(data.length);
  }

  /// Stores the chunks, and an index entry for each.
  ///
  /// @return the value's id
  long run(Xact xact) {
    if (id == 0) {
      id = toast.newId();
    }
    while (first < count) {
      if (window.isEmpty()) {
        for (int seq = first; seq < Math.min(count, first + WINDOW); seq++) {
          window.add(ToastTable.chunk(id, seq, data));
        }
      }
      while (stored < window.size()) {
        stored += toast.table().multiInsert(xact, window, stored, tids, bulk);
      }
      while (indexed < window.size()) {
        // Nobody else can have this id, so nothing has to be looked for.
        byte[] key = ToastTable.key(id, first + indexed);
        toast.index().insert(xact, key, tids[indexed], UniqueCheck.NO);
        indexed++;
      }
      first += window.size();
      window.clear();
      stored = 0;
      indexed = 0;
    }
    return id;
  }
}
