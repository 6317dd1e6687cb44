package dev.lifeline.executor.node;

import dev.lifeline.access.TempFiles;
import dev.lifeline.access.common.TupleCodec;
import dev.lifeline.storage.file.TempFile;
import dev.lifeline.utils.adt.ByteWriter;
import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.batch.Rep;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/// Sorted runs of rows in a temporary file, and their merge: the external half of a sort.
///
/// A row is its length (4 bytes) and what a table would store of it. Where there are more runs than
/// there is memory to read side by side, some are merged into one at the end of the file first.
///
/// What throws NotYet goes on where it was when it is called again with the same arguments.
public final class RowRuns {
  private static final ValueLayout.OfInt LENGTH =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final int WRITE_BUFFER = 256 * 1024;
  private static final int READ_BUFFER_MIN = 16 * 1024;
  private static final int READ_BUFFER_MAX = 256 * 1024;
  private static final int MERGED_MIN = 6;
  private static final int MERGED_MAX = 500;

  private final TempFiles files;
  private final TempFile file;
  private final TupleCodec codec;
  private final List<Rep> reps;
  private final RowOrder order;
  private final long memoryMax;
  private final long fileLimitKb;
  private final int[] all;

  private final ByteWriter buffer = new ByteWriter(WRITE_BUFFER);
  private final List<Run> runs = new ArrayList<>();
  private long runStart;
  private boolean writing;
  private int written;

  private @Nullable PriorityQueue<Run> queue;
  private @Nullable Run current;
  private int opened;

  /// @param memoryMax bytes for reading all runs together
  /// @param fileLimitKb `temp_file_limit`
  public RowRuns(
      TempFiles files,
      TupleCodec codec,
      List<Rep> reps,
      RowOrder order,
      long memoryMax,
      long fileLimitKb) {
    this.files = files;
    this.file = files.create();
    this.codec = codec;
    this.reps = reps;
    this.order = order;
    this.memoryMax = memoryMax;
    this.fileLimitKb = fileLimitKb;
    this.all = codec.allAttributes();
  }

  /// Bytes on disk.
  long bytes() {
    return file.size();
  }

  /// Writes a run.
  ///
  /// @param numbers of the rows, in their order
  void write(RowStore rows, int[] numbers, int count) {
    List<Column> columns = rows.columns();
    while (true) {
      flushed();
      while (written < count && buffer.size() < WRITE_BUFFER) {
        int at = buffer.reserve(Integer.BYTES);
        codec.form(columns, numbers[written], buffer);
        buffer.setInt32(at, buffer.size() - at - Integer.BYTES);
        written++;
      }
      if (buffer.size() == 0) {
        written = 0;
        endRun();
        return;
      }
      flush();
    }
  }

  private void flushed() {
    file.await();
    if (writing) {
      buffer.clear();
      writing = false;
    }
  }

  private void flush() {
    files.checkLimit(buffer.size(), fileLimitKb);
    file.append(MemorySegment.ofArray(buffer.array()).asSlice(0, buffer.size()));
    writing = true;
  }

  private void endRun() {
    runs.add(new Run(runStart, file.size()));
    runStart = file.size();
  }

  /// Ends the writing: from now on [#next] gives the rows of all runs in order.
  void startMerge() {
    int most = Math.clamp(memoryMax / (2 * READ_BUFFER_MIN), MERGED_MIN, MERGED_MAX);
    while (runs.size() > most) {
      mergeFirst(most);
    }
    queue = null;
    opened = 0;
  }

  /// Makes one run of the first ones.
  private void mergeFirst(int most) {
    while (true) {
      flushed();
      while (buffer.size() < WRITE_BUFFER && step(most)) {
        Run from = current();
        buffer.int32(from.length);
        buffer.bytes(from.bytes(), 0, from.length);
      }
      if (buffer.size() == 0) {
        runs.subList(0, most).clear();
        endRun();
        queue = null;
        current = null;
        opened = 0;
        return;
      }
      flush();
    }
  }

  /// Steps to the next row; false at the end.
  boolean next() {
    return step(runs.size());
  }

  private boolean step(int count) {
    PriorityQueue<Run> waiting = queue;
    if (waiting == null) {
      waiting = new PriorityQueue<>(Math.max(1, count), byRow());
      queue = waiting;
      int each = Math.clamp(memoryMax / count, READ_BUFFER_MIN, READ_BUFFER_MAX);
      runs.subList(0, count).forEach(run -> run.open(each));
    }
    while (opened < count) {
      advance(runs.get(opened), waiting);
      opened++;
    }
    if (current != null) {
      advance(current, waiting);
    }
    current = waiting.poll();
    return current != null;
  }

  private Comparator<Run> byRow() {
    return (a, b) -> order.compare(a.row, 0, b.row, 0);
  }

  private static void advance(Run run, PriorityQueue<Run> waiting) {
    if (run.next()) {
      waiting.add(run);
    }
  }

  private Run current() {
    if (current == null) {
      throw new IllegalStateException("not on a row");
    }
    return current;
  }

  /// Copies the row that the merge stands on.
  void copyTo(Batch target, int row) {
    current().row.copyTo(0, target, row, 0);
  }

  /// Ends it all.
  void close() {
    files.discard(file);
  }

  /// One run, and where its reader is.
  private final class Run {
    private final long end;
    private long at;
    private MemorySegment memory = MemorySegment.NULL;
    private int position;
    private int filled;
    private boolean reading;
    private int length;
    private final RowStore row = new RowStore(reps, 1);

    Run(long start, long end) {
      this.at = start;
      this.end = end;
    }

    void open(int bytes) {
      memory = Arena.ofAuto().allocate(bytes, 8);
    }

    boolean next() {
      while (true) {
        if (reading) {
          file.await();
          reading = false;
        }
        int left = filled - position;
        long wanted = Integer.BYTES;
        if (left >= Integer.BYTES) {
          int stored = memory.get(LENGTH, position);
          wanted += stored;
          if (left >= wanted) {
            length = stored;
            position += Integer.BYTES;
            codec.deform(memory, position, length, all, row.rows(), 0);
            row.rows().setSize(1);
            position += length;
            return true;
          }
        }
        if (at == end) {
          return false;
        }
        refill(left, wanted);
      }
    }

    private void refill(int left, long wanted) {
      file.await();
      MemorySegment to = memory;
      if (wanted > memory.byteSize()) {
        to = Arena.ofAuto().allocate(wanted, 8);
      }
      MemorySegment.copy(memory, position, to, 0, left);
      memory = to;
      int more = (int) Math.min(memory.byteSize() - left, end - at);
      position = 0;
      filled = left + more;
      file.read(memory.asSlice(left, more), at);
      at += more;
      reading = true;
    }

    /// The row as it is stored.
    byte[] bytes() {
      byte[] bytes = new byte[length];
      MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, position - length, bytes, 0, length);
      return bytes;
    }
  }
}
