package dev.lifeline.executor.node;

import dev.lifeline.access.TempFiles;
import dev.lifeline.access.common.TupleCodec;
import dev.lifeline.storage.file.TempFile;
import dev.lifeline.utils.NotYet;
import dev.lifeline.utils.adt.ByteWriter;
import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.batch.Rep;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The rows that a cursor keeps so as to go back to them, or to outlive its transaction. In memory
/// as long as they fit into `work_mem`, and then in a temporary file, in pieces of which one at a
/// time is read back.
///
/// What throws NotYet goes on where it was when it is called again with the same arguments.
public final class CursorRows {
  private static final ValueLayout.OfInt LENGTH =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final int PIECE_BYTES = 256 * 1024;

  private final List<Rep> reps;
  private final @Nullable TupleCodec codec;
  private final TempFiles files;
  private final long memoryMax;
  private final long fileLimitKb;

  /// The rows from [#tailStart] on are here, those before in the pieces.
  private final RowStore tail;

  private final List<Piece> pieces = new ArrayList<>(0);
  private final ByteWriter buffer = new ByteWriter(64);
  private @Nullable TempFile file;
  private long tailStart;
  private long tailBytes;
  private int spilled;
  private int pieceStart;
  private boolean writing;

  private @Nullable Piece loading;
  private MemorySegment memory = MemorySegment.NULL;
  private @Nullable Piece loaded;
  private @Nullable RowStore loadedRows;

  /// Rows that lie side by side in the file.
  private record Piece(long first, int rows, long at, int bytes) {}

  /// @param codec how rows are written to a file; null where they cannot be
  /// @param memoryMax bytes that may stay in memory
  /// @param fileLimitKb `temp_file_limit`
  public CursorRows(
      List<Rep> reps,
      @Nullable TupleCodec codec,
      TempFiles files,
      long memoryMax,
      long fileLimitKb) {
    this.reps = reps;
    this.codec = codec;
    this.files = files;
    this.memoryMax = memoryMax;
    this.fileLimitKb = fileLimitKb;
    this.tail = new RowStore(reps, 64);
  }

  /// How many rows there are.
  public long size() {
    return tailStart + tail.size();
  }

  /// A batch that rows can be read into.
  public Batch newBatch() {
    return new Batch(reps, 64);
  }

  /// Adds rows.
  ///
  /// @return whether there are so many in memory now that [#spill] has to be called
  public boolean add(Batch batch, int from, int to) {
    for (int row = from; row < to; row++) {
      tail.add(batch, row);
      for (int c = 0; c < batch.width(); c++) {
        tailBytes += RowMemory.of(batch.column(c), row);
      }
    }
    return codec != null && tailBytes > (pieces.isEmpty() ? memoryMax : PIECE_BYTES);
  }

  /// Writes the rows in memory to the file.
  public void spill() {
    TupleCodec rowCodec = codec;
    if (rowCodec == null) {
      return;
    }
    TempFile to = file;
    if (to == null) {
      to = files.create();
      file = to;
    }
    while (true) {
      to.await();
      if (writing) {
        buffer.clear();
        writing = false;
      }
      if (buffer.size() == 0) {
        pieceStart = spilled;
      }
      while (spilled < tail.size() && buffer.size() < PIECE_BYTES) {
        int at = buffer.reserve(Integer.BYTES);
        rowCodec.form(tail.columns(), spilled, buffer);
        buffer.setInt32(at, buffer.size() - at - Integer.BYTES);
        spilled++;
      }
      if (buffer.size() == 0) {
        tailStart += tail.size();
        tail.clear();
        spilled = 0;
        tailBytes = 0;
        return;
      }
      files.checkLimit(buffer.size(), fileLimitKb);
      long at = to.size();
      to.append(MemorySegment.ofArray(buffer.array()).asSlice(0, buffer.size()));
      pieces.add(new Piece(tailStart + pieceStart, spilled - pieceStart, at, buffer.size()));
      writing = true;
    }
  }

  /// Fills a batch with rows one after the other.
  ///
  /// @param first the number of the first one
  /// @param count how many at most
  /// @param backward whether the next one is the one before
  /// @return how many there were, less than asked for where a batch takes no more
  public int read(long first, long count, boolean backward, Batch target) {
    int wanted = (int) Math.min(count, Batch.TARGET_ROWS);
    int filled = 0;
    while (filled < wanted) {
      long number = backward ? first - filled : first + filled;
      if (number < 0 || number >= size()) {
        break;
      }
      try {
        copy(number, target, filled);
      } catch (NotYet reading) {
        if (filled == 0) {
          throw reading;
        }
        break;
      }
      filled++;
    }
    target.setSize(filled);
    return filled;
  }

  private void copy(long number, Batch target, int row) {
    if (number >= tailStart) {
      tail.copyTo((int) (number - tailStart), target, row, 0);
      return;
    }
    Piece piece = loaded;
    RowStore rows = loadedRows;
    if (rows == null
        || piece == null
        || number < piece.first()
        || number >= piece.first() + piece.rows()) {
      piece = find(number);
      rows = load(piece);
      loaded = piece;
      loadedRows = rows;
    }
    rows.copyTo((int) (number - piece.first()), target, row, 0);
  }

  private Piece find(long number) {
    int low = 0;
    int high = pieces.size() - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (pieces.get(middle).first() <= number) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return pieces.get(low);
  }

  private RowStore load(Piece piece) {
    TempFile from = file;
    TupleCodec rowCodec = codec;
    if (from == null || rowCodec == null) {
      throw new IllegalStateException("no rows were written");
    }
    if (!piece.equals(loading)) {
      MemorySegment into = Arena.ofAuto().allocate(piece.bytes(), 8);
      from.read(into, piece.at());
      memory = into;
      loading = piece;
    }
    from.await();
    RowStore rows = new RowStore(reps, piece.rows());
    int[] all = rowCodec.allAttributes();
    int at = 0;
    for (int row = 0; row < piece.rows(); row++) {
      int length = memory.get(LENGTH, at);
      rowCodec.deform(memory, at + Integer.BYTES, length, all, rows.rows(), row);
      rows.rows().setSize(row + 1);
      at += Integer.BYTES + length;
    }
    loading = null;
    memory = MemorySegment.NULL;
    return rows;
  }

  /// The rows outlive the transaction. No more are added.
  public void keep() {
    TempFile kept = file;
    if (kept != null) {
      files.keep(kept);
    }
  }

  /// Lets go of all of them.
  public void close() {
    TempFile last = file;
    if (last != null) {
      file = null;
      files.discard(last);
      last.delete();
    }
  }
}
