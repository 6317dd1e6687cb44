package dev.lifeline.executor.node;

import dev.lifeline.parser.tree.WindowFrame.Bound;
import dev.lifeline.parser.tree.WindowFrame.Exclusion;
import dev.lifeline.parser.tree.WindowFrame.Mode;
import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;

/// Which rows of its partition each row's frame has: up to three stretches, because an exclusion
/// may cut the row itself or its peers out.
final class WindowFrames {
  private final WindowFrameSpec spec;
  private final WindowPartition partition;
  private long startOffset;
  private long endOffset;

  /// The stretches of the row that was asked for last: from and to (exclusive), one after the
  /// other.
  private final int[] stretches = new int[6];

  private int count;

  WindowFrames(WindowFrameSpec spec, WindowPartition partition) {
    this.spec = spec;
    this.partition = partition;
  }

  /// Whether every frame begins with the partition and nothing is cut out of it, so that a frame
  /// only grows from row to row.
  boolean onlyGrows() {
    return spec.start() == Bound.UNBOUNDED_PRECEDING && spec.exclusion() == Exclusion.NONE;
  }

  /// The partition is complete.
  void begin() {
    startOffset = offset(spec.startOffset(), "starting");
    endOffset = offset(spec.endOffset(), "ending");
    WindowFrameSpec.Range range = spec.range();
    if (range != null) {
      checkSign(range.startNegative());
      checkSign(range.endNegative());
    }
  }

  private long offset(int column, String which) {
    if (column < 0) {
      return 0;
    }
    Column values = partition.column(column);
    if (values.isNull(0)) {
      throw PgException.error(
          SqlState.NULL_VALUE_NOT_ALLOWED, "frame %s offset must not be null", which);
    }
    if (spec.range() != null) {
      return 0;
    }
    long offset = values.getLong(0);
    if (offset < 0) {
      throw PgException.error(
          SqlState.INVALID_PRECEDING_OR_FOLLOWING_SIZE,
          "frame %s offset must not be negative",
          which);
    }
    return offset;
  }

  private void checkSign(int column) {
    if (column >= 0 && partition.column(column).getLong(0) != 0) {
      throw PgException.error(
          SqlState.INVALID_PRECEDING_OR_FOLLOWING_SIZE,
          "invalid preceding or following size in window function");
    }
  }

  /// Finds a row's frame.
  void find(int row) {
    int from = start(row);
    int to = end(row);
    count = 0;
    switch (spec.exclusion()) {
      case NONE -> add(from, to);
      case CURRENT_ROW -> {
        add(from, Math.min(to, row));
        add(Math.max(from, row + 1), to);
      }
      case GROUP -> {
        add(from, Math.min(to, partition.peersStart(row)));
        add(Math.max(from, partition.peersEnd(row)), to);
      }
      case TIES -> {
        add(from, Math.min(to, partition.peersStart(row)));
        add(Math.max(from, row), Math.min(to, row + 1));
        add(Math.max(from, partition.peersEnd(row)), to);
      }
    }
  }

  private void add(int from, int to) {
    if (from < to) {
      stretches[count * 2] = from;
      stretches[count * 2 + 1] = to;
      count++;
    }
  }

  int stretches() {
    return count;
  }

  int from(int stretch) {
    return stretches[stretch * 2];
  }

  int to(int stretch) {
    return stretches[stretch * 2 + 1];
  }

  /// The n-th row of the frame that was found, from 0, or -1.
  int row(long n) {
    long left = n;
    for (int i = 0; i < count; i++) {
      int size = to(i) - from(i);
      if (left < size) {
        return from(i) + (int) left;
      }
      left -= size;
    }
    return -1;
  }

  int lastRow() {
    return count == 0 ? -1 : to(count - 1) - 1;
  }

  private int start(int row) {
    return switch (spec.start()) {
      case UNBOUNDED_PRECEDING -> 0;
      case UNBOUNDED_FOLLOWING -> partition.size();
      case CURRENT_ROW -> spec.mode() == Mode.ROWS ? row : partition.peersStart(row);
      case OFFSET_PRECEDING -> start(row, -startOffset);
      case OFFSET_FOLLOWING -> start(row, startOffset);
    };
  }

  private int start(int row, long offset) {
    return switch (spec.mode()) {
      case ROWS -> clamp(row, offset);
      case GROUPS -> partition.groupStart(clampGroup(row, offset));
      case RANGE -> firstInRange(row, true);
    };
  }

  private int end(int row) {
    return switch (spec.end()) {
      case UNBOUNDED_PRECEDING -> 0;
      case UNBOUNDED_FOLLOWING -> partition.size();
      case CURRENT_ROW -> spec.mode() == Mode.ROWS ? row + 1 : partition.peersEnd(row);
      case OFFSET_PRECEDING -> end(row, -endOffset);
      case OFFSET_FOLLOWING -> end(row, endOffset);
    };
  }

  private int end(int row, long offset) {
    return switch (spec.mode()) {
      case ROWS -> clamp(row + 1L, offset);
      case GROUPS -> {
        long group = clampGroup(row, offset);
        yield group < 0 ? 0 : partition.groupStart(group + 1);
      }
      case RANGE -> firstInRange(row, false);
    };
  }

  private int clamp(long row, long offset) {
    long moved = offset > Long.MAX_VALUE - row ? Long.MAX_VALUE : row + offset;
    return (int) Math.clamp(moved, 0L, partition.size());
  }

  private long clampGroup(int row, long offset) {
    int group = partition.group(row);
    return offset > partition.groups() ? partition.groups() : Math.max(-1, group + offset);
  }

  /// The first row that is not before the moved key, or for the frame's end the first that is
  /// behind it. Rows whose key is null are only with each other.
  private int firstInRange(int row, boolean start) {
    WindowFrameSpec.Range range = spec.range();
    if (range == null) {
      throw new IllegalStateException("an offset without what it moves");
    }
    Column keys = partition.column(range.key());
    if (keys.isNull(row)) {
      return start ? partition.peersStart(row) : partition.peersEnd(row);
    }
    Column bounds = partition.column(start ? range.start() : range.end());
    int low = range.nullsFirst() ? firstNotNull(keys) : 0;
    int high = range.nullsFirst() ? partition.size() : firstNull(keys);
    while (low < high) {
      int middle = (low + high) >>> 1;
      int compared = range.ops().compare(keys, middle, bounds, row);
      int ordered = range.descending() ? Integer.compare(0, compared) : compared;
      if (start ? ordered >= 0 : ordered > 0) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  private int firstNotNull(Column keys) {
    return keys.isNull(0) ? partition.peersEnd(0) : 0;
  }

  private int firstNull(Column keys) {
    int last = partition.size() - 1;
    return keys.isNull(last) ? partition.peersStart(last) : partition.size();
  }
}
