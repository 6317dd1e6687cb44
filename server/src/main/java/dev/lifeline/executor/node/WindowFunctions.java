package dev.lifeline.executor.node;

import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;

/// The window functions that are no aggregates.
final class WindowFunctions {
  private WindowFunctions() {}

  /// @throws PgException 0A000 for one that there is not
  static WindowRun of(WindowCall call, WindowPartition partition, WindowFrames frames) {
    String name = call.function().name();
    return switch (name) {
      case "row_number", "rank", "dense_rank", "percent_rank", "cume_dist" ->
          new Rank(name, partition);
      case "ntile" -> new Ntile(call, partition);
      case "lag" -> new Offset(call, partition, -1);
      case "lead" -> new Offset(call, partition, 1);
      case "first_value", "last_value", "nth_value" -> new InFrame(call, partition, frames);
      default -> throw PgException.notSupported("window function " + name);
    };
  }

  private static final class Rank extends WindowRun {
    private final String name;
    private final WindowPartition partition;

    Rank(String name, WindowPartition partition) {
      this.name = name;
      this.partition = partition;
    }

    @Override
    void begin() {}

    @Override
    int compute(int row, Column out, int outRow) {
      int size = partition.size();
      int before = partition.peersStart(row);
      switch (name) {
        case "row_number" -> out.setLong(outRow, row + 1L);
        case "rank" -> out.setLong(outRow, before + 1L);
        case "dense_rank" -> out.setLong(outRow, partition.group(row) + 1L);
        case "percent_rank" -> out.setDouble(outRow, size == 1 ? 0 : (double) before / (size - 1));
        default -> out.setDouble(outRow, (double) partition.peersEnd(row) / size);
      }
      return 1;
    }
  }

  /// Divides the partition into so many buckets; those that get one row more come first.
  private static final class Ntile extends WindowRun {
    private final WindowCall call;
    private final WindowPartition partition;
    private long buckets;

    Ntile(WindowCall call, WindowPartition partition) {
      this.call = call;
      this.partition = partition;
    }

    @Override
    void begin() {
      buckets = 0;
    }

    @Override
    int compute(int row, Column out, int outRow) {
      Column arg = partition.column(call.args().getFirst());
      if (buckets == 0) {
        if (arg.isNull(row)) {
          out.setNull(outRow);
          return 1;
        }
        buckets = arg.getLong(row);
        if (buckets <= 0) {
          throw PgException.error(
              SqlState.INVALID_ARGUMENT_FOR_NTILE, "argument of ntile must be greater than zero");
        }
      }
      long least = partition.size() / buckets;
      long larger = partition.size() % buckets;
      long inLarger = larger * (least + 1);
      out.setLong(
          outRow, row < inLarger ? row / (least + 1) + 1 : larger + (row - inLarger) / least + 1);
      return 1;
    }
  }

  /// A value of the row that stands so many before or behind.
  private static final class Offset extends WindowRun {
    private final WindowCall call;
    private final WindowPartition partition;
    private final int direction;

    Offset(WindowCall call, WindowPartition partition, int direction) {
      this.call = call;
      this.partition = partition;
      this.direction = direction;
    }

    @Override
    void begin() {}

    @Override
    int compute(int row, Column out, int outRow) {
      long offset = 1;
      if (call.args().size() > 1) {
        Column offsets = partition.column(call.args().get(1));
        if (offsets.isNull(row)) {
          out.setNull(outRow);
          return 1;
        }
        offset = offsets.getLong(row);
      }
      long wanted = row + direction * offset;
      if (wanted >= 0 && wanted < partition.size()) {
        out.copy(outRow, partition.column(call.args().getFirst()), (int) wanted);
      } else if (call.args().size() > 2) {
        out.copy(outRow, partition.column(call.args().get(2)), row);
      } else {
        out.setNull(outRow);
      }
      return 1;
    }
  }

  /// The first, last or n-th value of the frame.
  private static final class InFrame extends WindowRun {
    private final WindowCall call;
    private final WindowPartition partition;
    private final WindowFrames frames;

    InFrame(WindowCall call, WindowPartition partition, WindowFrames frames) {
      this.call = call;
      this.partition = partition;
      this.frames = frames;
    }

    @Override
    void begin() {}

    @Override
    int compute(int row, Column out, int outRow) {
      int wanted =
          switch (call.function().name()) {
            case "first_value" -> frames.row(0);
            case "last_value" -> frames.lastRow();
            default -> nth(row);
          };
      if (wanted < 0) {
        out.setNull(outRow);
      } else {
        out.copy(outRow, partition.column(call.args().getFirst()), wanted);
      }
      return 1;
    }

    private int nth(int row) {
      Column numbers = partition.column(call.args().get(1));
      if (numbers.isNull(row)) {
        return -1;
      }
      long n = numbers.getLong(row);
      if (n <= 0) {
        throw PgException.error(
            SqlState.INVALID_ARGUMENT_FOR_NTH_VALUE,
            "argument of nth_value must be greater than zero");
      }
      return frames.row(n - 1);
    }
  }
}
