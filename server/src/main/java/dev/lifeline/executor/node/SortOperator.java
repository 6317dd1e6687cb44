package dev.lifeline.executor.node;

import dev.lifeline.executor.ExecState;
import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.batch.Rep;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Sorts its input. The rows stay where they were stored; an array of their numbers is what is
/// sorted, in runs while they arrive and then by merging runs two by two. Merging is done in steps
/// between which the statement can give up its turn.
///
/// When the rows take more than `work_mem`, they are written to a temporary file as a sorted run,
/// and in the end the runs are merged.
///
/// Where only the first rows are wanted (a Limit above), it keeps no more than those, in a heap
/// whose top is the row that a better one replaces.
public final class SortOperator implements Operator {
  private static final int RUN = 512;
  private static final int MERGE_STEP = 1024;

  /// Fewer rows are kept in memory, however long they are.
  private static final int SPILLED_MIN = 32;

  /// Up to so many rows that are wanted are kept in a heap.
  private static final int TOP_N_MAX = 2048;

  /// What it did, as EXPLAIN ANALYZE tells it.
  public enum Method {
    QUICKSORT("quicksort"),
    TOP_N("top-N heapsort"),
    EXTERNAL("external merge");

    private final String label;

    Method(String label) {
      this.label = label;
    }

    public String label() {
      return label;
    }
  }

  private final ExecState state;
  private final Operator input;
  private final RowOrder order;
  private final LongSupplier bound;
  private final RowStore store;
  private final Batch output;
  private final long memoryMax;
  private final @Nullable Supplier<RowRuns> newRuns;

  /// What was written to disk; null where nothing was.
  private @Nullable RowRuns runs;

  /// The rows in memory are on their way to disk.
  private boolean spilling;

  private long bytes;
  private long highestBytes;

  /// How many rows of the next batch the merge has given.
  private int filled;

  private int[] sorted = {};
  private int[] merged = {};
  private int count;
  private int sortedRuns;
  private boolean inputAtEnd;
  private boolean done;
  private int runWidth = RUN;
  private int mergeFrom;

  /// Where merging two runs is: in the left one, in the right one, in what comes of them.
  private int mergeLeft;

  private int mergeRight;
  private int mergeAt;
  private long keep = -1;
  private int position;

  /// @param bound how many rows at most will be asked for, or [LimitOperator#NO_LIMIT]
  /// @param memoryMax bytes that its rows may take
  /// @param newRuns where the rows go when they take more; null where they cannot be stored
  public SortOperator(
      ExecState state,
      Operator input,
      List<Rep> reps,
      RowOrder order,
      LongSupplier bound,
      int expectedRows,
      long memoryMax,
      @Nullable Supplier<RowRuns> newRuns) {
    this.state = state;
    this.input = input;
    this.order = order;
    this.bound = bound;
    this.memoryMax = memoryMax;
    this.newRuns = newRuns;
    this.store = new RowStore(reps, expectedRows);
    this.output = new Batch(reps, Math.max(1, Math.min(expectedRows, Batch.TARGET_ROWS)));
  }

  @Override
  public @Nullable Batch next() {
    if (!done) {
      if (keep < 0) {
        keep = bound.getAsLong();
      }
      fill();
      finish();
      done = true;
    }
    return runs == null ? fromMemory() : fromRuns(runs);
  }

  private void finish() {
    RowRuns onDisk = runs;
    if (onDisk == null) {
      merge();
      return;
    }
    if (count > 0) {
      spill();
    }
    onDisk.startMerge();
  }

  private @Nullable Batch fromRuns(RowRuns merging) {
    while (filled < Batch.TARGET_ROWS && merging.next()) {
      merging.copyTo(output, filled);
      filled++;
      if ((filled & 31) == 31) {
        state.tick();
      }
    }
    output.setSize(filled);
    boolean any = filled > 0;
    filled = 0;
    return any ? output : null;
  }

  private @Nullable Batch fromMemory() {
    int size = Math.min(count - position, Batch.TARGET_ROWS);
    if (size <= 0) {
      return null;
    }
    for (int i = 0; i < size; i++) {
      store.copyTo(sorted[position + i], output, i, 0);
    }
    output.setSize(size);
    position += size;
    return output;
  }

  private void fill() {
    while (!inputAtEnd) {
      if (spilling) {
        spill();
      }
      Batch batch = keep == 0 ? null : input.next();
      if (batch == null) {
        inputAtEnd = true;
      } else if (keep <= TOP_N_MAX) {
        for (int row = 0; row < batch.size(); row++) {
          offer(batch, row);
        }
      } else {
        append(batch);
        spilling = newRuns != null && bytes > memoryMax && count >= SPILLED_MIN;
      }
    }
  }

  /// Writes the rows that are in memory, as a run.
  private void spill() {
    merge();
    RowRuns to = runs;
    if (to == null) {
      to = Objects.requireNonNull(newRuns).get();
      runs = to;
    }
    to.write(store, sorted, count);
    spilling = false;
    forget();
  }

  private void append(Batch batch) {
    int first = store.size();
    store.addAll(batch);
    int size = store.size();
    if (size > sorted.length) {
      sorted = Arrays.copyOf(sorted, Math.max(size, Math.min(sorted.length * 2, 1 << 30)));
    }
    for (int i = first; i < size; i++) {
      sorted[i] = i;
    }
    for (int c = 0; c < batch.width(); c++) {
      for (int row = 0; row < batch.size(); row++) {
        bytes += RowMemory.of(batch.column(c), row);
      }
    }
    highestBytes = Math.max(highestBytes, bytes);
    count = size;
    while (count - sortedRuns >= RUN) {
      sortRun(sortedRuns, sortedRuns + RUN);
      sortedRuns += RUN;
    }
  }

  private int compare(int left, int right) {
    return order.compare(store, left, store, right);
  }

  private void sortRun(int from, int to) {
    if (merged.length < sorted.length) {
      merged = new int[sorted.length];
    }
    insertionRuns(from, to);
    for (int width = 8; width < to - from; width *= 2) {
      for (int low = from; low < to; low += 2 * width) {
        mergeInto(low, Math.min(low + width, to), Math.min(low + 2 * width, to));
      }
      System.arraycopy(merged, from, sorted, from, to - from);
    }
  }

  private void insertionRuns(int from, int to) {
    for (int low = from; low < to; low += 8) {
      int high = Math.min(low + 8, to);
      for (int i = low + 1; i < high; i++) {
        int row = sorted[i];
        int j = i;
        while (j > low && compare(sorted[j - 1], row) > 0) {
          sorted[j] = sorted[j - 1];
          j--;
        }
        sorted[j] = row;
      }
    }
  }

  /// Merges two neighbouring runs of `sorted` into the same place of `merged`.
  private void mergeInto(int low, int middle, int high) {
    startMerge(low, middle);
    mergeUpTo(high, middle, high);
    mergeAt = 0;
  }

  private void startMerge(int low, int middle) {
    mergeLeft = low;
    mergeRight = middle;
    mergeAt = low;
  }

  /// Goes on with a merge until that many are in their place.
  private void mergeUpTo(int end, int middle, int high) {
    int left = mergeLeft;
    int right = mergeRight;
    for (int i = mergeAt; i < end; i++) {
      boolean takeLeft =
          left < middle && (right >= high || compare(sorted[left], sorted[right]) <= 0);
      merged[i] = takeLeft ? sorted[left++] : sorted[right++];
    }
    mergeLeft = left;
    mergeRight = right;
    mergeAt = end;
  }

  private void merge() {
    if (keep <= TOP_N_MAX) {
      unheap();
      return;
    }
    if (sortedRuns < count) {
      sortRun(sortedRuns, count);
      sortedRuns = count;
    }
    if (merged.length < sorted.length) {
      merged = new int[sorted.length];
    }
    while (runWidth < count) {
      while (mergeFrom < count) {
        mergeRuns();
      }
      int[] swap = sorted;
      sorted = merged;
      merged = swap;
      mergeFrom = 0;
      mergeAt = 0;
      runWidth *= 2;
    }
  }

  /// Merges the two runs at `mergeFrom`; called again after each wait.
  private void mergeRuns() {
    int middle = (int) Math.min((long) mergeFrom + runWidth, count);
    int high = (int) Math.min((long) mergeFrom + 2L * runWidth, count);
    if (mergeAt == mergeFrom) {
      startMerge(mergeFrom, middle);
    }
    while (mergeAt < high) {
      state.tick();
      mergeUpTo(Math.min(high, mergeAt + MERGE_STEP), middle, high);
    }
    mergeFrom = high;
  }

  /// Takes a row into the heap of the best ones if it is one of them. Equal rows come out in any
  /// order, as with PostgreSQL.
  private void offer(Batch batch, int row) {
    if (count < keep) {
      int number = store.add(batch, row);
      if (number >= sorted.length) {
        sorted = Arrays.copyOf(sorted, Math.max(16, sorted.length * 2));
      }
      sorted[count++] = number;
      siftUp(count - 1);
      return;
    }
    int worst = sorted[0];
    int spare = store.add(batch, row);
    if (compare(spare, worst) < 0) {
      store.moveLast(worst);
      siftDown(0, count);
    } else {
      store.removeLast();
    }
  }

  private void siftUp(int child) {
    int c = child;
    while (c > 0) {
      int parent = (c - 1) / 2;
      if (compare(sorted[parent], sorted[c]) >= 0) {
        return;
      }
      swap(parent, c);
      c = parent;
    }
  }

  private void siftDown(int parent, int size) {
    int p = parent;
    while (true) {
      int child = 2 * p + 1;
      if (child >= size) {
        return;
      }
      if (child + 1 < size && compare(sorted[child + 1], sorted[child]) > 0) {
        child++;
      }
      if (compare(sorted[p], sorted[child]) >= 0) {
        return;
      }
      swap(p, child);
      p = child;
    }
  }

  private void unheap() {
    for (int size = count - 1; size > 0; size--) {
      swap(0, size);
      siftDown(0, size);
    }
  }

  private void swap(int i, int j) {
    int row = sorted[i];
    sorted[i] = sorted[j];
    sorted[j] = row;
  }

  public Method method() {
    if (runs != null) {
      return Method.EXTERNAL;
    }
    return keep >= 0 && keep <= TOP_N_MAX ? Method.TOP_N : Method.QUICKSORT;
  }

  /// About how many bytes its rows have taken at most, or take on disk.
  public long spaceBytes() {
    if (runs != null) {
      return runs.bytes();
    }
    return highestBytes > 0 ? highestBytes : store.size() * (16L + 16L * store.width());
  }

  @Override
  public void rescan() {
    input.rescan();
    forget();
    closeRuns();
    inputAtEnd = false;
    spilling = false;
    done = false;
    keep = -1;
    filled = 0;
  }

  /// Nothing is in memory any more.
  private void forget() {
    store.clear();
    bytes = 0;
    count = 0;
    sortedRuns = 0;
    runWidth = RUN;
    mergeFrom = 0;
    mergeAt = 0;
    position = 0;
  }

  private void closeRuns() {
    if (runs != null) {
      runs.close();
      runs = null;
    }
  }

  @Override
  public void close() {
    closeRuns();
    input.close();
  }
}
