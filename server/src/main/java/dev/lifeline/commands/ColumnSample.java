package dev.lifeline.commands;

import dev.lifeline.access.common.ToastedValue;
import dev.lifeline.catalog.ColumnStatistics;
import dev.lifeline.utils.adt.ByteWriter;
import dev.lifeline.utils.adt.EvalContext;
import dev.lifeline.utils.adt.PgType;
import dev.lifeline.utils.adt.TypeOps;
import dev.lifeline.utils.adt.Values;
import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.batch.Rep;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/// Makes the statistics of a column of what a sample of its rows has in it, by the formulas of
/// PostgreSQL's `analyze.c`.
final class ColumnSample {
  /// Values that are wider count as different from all others, and are kept nowhere.
  static final int WIDTH_MAX = 1024;

  private final PgType type;
  private final TypeOps ops;
  private final Column column;
  private final int rows;
  private final double totalRows;
  private final int target;

  /// The rows that have a value that is not too wide, in the order of the values.
  private final Integer[] sorted;

  private int valueCount;
  private int nulls;
  private int tooWide;
  private long width;

  /// Runs of equal values among the sorted ones.
  private final List<Run> runs = new ArrayList<>();

  private record Run(int first, int count) {}

  /// @param rows the size of the sample
  /// @param totalRows of the table, estimated
  /// @param target how many common values and how many parts of the histogram at most
  ColumnSample(PgType type, Column column, int rows, double totalRows, int target) {
    this.type = type;
    this.ops = type.ops();
    this.column = column;
    this.rows = rows;
    this.totalRows = totalRows;
    this.target = target;
    this.sorted = new Integer[rows];
    take();
    Arrays.sort(
        sorted,
        0,
        valueCount,
        (a, b) -> {
          int order = ops.compare(column, a, column, b);
          return order != 0 ? order : Integer.compare(a, b);
        });
    findRuns();
  }

  private void take() {
    ByteWriter stored = new ByteWriter();
    for (int row = 0; row < rows; row++) {
      if (column.isNull(row)) {
        nulls++;
        continue;
      }
      if (column.rep() == Rep.OBJECT && column.getObject(row) instanceof ToastedValue value) {
        width += value.sizeInTuple();
        tooWide++;
        continue;
      }
      int length = ops.storedLength();
      if (length < 0) {
        stored.clear();
        ops.store(column, row, stored);
        length = stored.size() + (stored.size() < 127 ? 1 : 4);
      }
      width += length;
      if (length > WIDTH_MAX) {
        tooWide++;
      } else {
        sorted[valueCount++] = row;
      }
    }
  }

  private void findRuns() {
    int first = 0;
    for (int i = 1; i <= valueCount; i++) {
      if (i == valueCount || ops.compare(column, sorted[i - 1], column, sorted[i]) != 0) {
        runs.add(new Run(first, i - first));
        first = i;
      }
    }
  }

  /// @param context with the default settings, which the values' texts are read with again
  ColumnStatistics statistics(int attnum, EvalContext context) {
    int notNull = rows - nulls;
    double nullFraction = rows == 0 ? 0 : (double) nulls / rows;
    int averageWidth = averageWidth(notNull);
    if (notNull == 0) {
      return new ColumnStatistics(
          attnum, nullFraction, averageWidth, 0, List.of(), List.of(), List.of(), Double.NaN);
    }
    double distinct = distinct(nullFraction);
    List<Run> common = common(distinct, nullFraction);
    List<String> values = new ArrayList<>();
    List<Double> frequencies = new ArrayList<>();
    for (Run run : common) {
      values.add(text(sorted[run.first], context));
      frequencies.add((double) run.count / rows);
    }
    List<String> histogram = new ArrayList<>();
    for (int row : histogram(common)) {
      histogram.add(text(row, context));
    }
    return new ColumnStatistics(
        attnum,
        nullFraction,
        averageWidth,
        distinct,
        values,
        frequencies,
        histogram,
        correlation());
  }

  private int averageWidth(int notNull) {
    if (type.length() > 0) {
      return type.length();
    }
    return notNull == 0 ? 0 : (int) (width / notNull);
  }

  private String text(int row, EvalContext context) {
    return Values.write(type, Objects.requireNonNull(Values.get(column, row)), context);
  }

  /// As `stadistinct`. Between the two easy cases it is Haas and Stokes' estimator: n*d / (n - f1 +
  /// f1*n/N), with d different values in the sample, f1 of them only once.
  private double distinct(double nullFraction) {
    long repeated = runs.stream().filter(run -> run.count > 1).count();
    double result;
    if (repeated == 0) {
      result = -1.0 * (1.0 - nullFraction);
    } else if (tooWide == 0 && repeated == runs.size()) {
      result = runs.size();
    } else {
      double once = runs.size() - repeated + tooWide;
      double different = once + repeated;
      double n = rows - nulls;
      double all = totalRows * (1.0 - nullFraction);
      result = all > 0 ? n * different / (n - once + once * n / all) : 0;
      result = Math.floor(Math.min(Math.max(result, different), all) + 0.5);
    }
    return result > 0.1 * totalRows ? -(result / totalRows) : result;
  }

  /// The most common values, the most common first.
  private List<Run> common(double distinct, double nullFraction) {
    List<Run> candidates = new ArrayList<>(runs.stream().filter(run -> run.count > 1).toList());
    candidates.sort((a, b) -> Integer.compare(b.count, a.count));
    if (candidates.size() == runs.size()
        && tooWide == 0
        && distinct > 0
        && candidates.size() <= target) {
      return candidates;
    }
    int count = Math.min(target, candidates.size());
    return candidates.subList(0, significant(candidates, count, distinct, nullFraction));
  }

  /// How many of the candidates are so common that it can hardly be chance: more than two standard
  /// deviations more often than the values that are not in the list would be on average.
  private int significant(List<Run> candidates, int count, double distinct, double nullFraction) {
    if (rows == totalRows || totalRows <= 1) {
      return count;
    }
    double different = distinct < 0 ? -distinct * totalRows : distinct;
    double sum = 0;
    for (int i = 0; i < count - 1; i++) {
      sum += candidates.get(i).count;
    }
    int kept = count;
    while (kept > 0) {
      double part = Math.max(0, Math.min(1, 1.0 - sum / rows - nullFraction));
      double others = different - (kept - 1);
      if (others > 1) {
        part /= others;
      }
      double seen = candidates.get(kept - 1).count;
      double inTable = totalRows * seen / rows;
      double variance =
          rows
              * inTable
              * (totalRows - inTable)
              * (totalRows - rows)
              / (totalRows * totalRows * (totalRows - 1));
      if (seen > part * rows + 2 * Math.sqrt(variance) + 0.5) {
        break;
      }
      kept--;
      if (kept > 0) {
        sum -= candidates.get(kept - 1).count;
      }
    }
    return kept;
  }

  /// Rows whose values divide those that are not common ones into equal parts.
  private List<Integer> histogram(List<Run> common) {
    int bounds = Math.min(runs.size() - common.size(), target + 1);
    if (bounds < 2) {
      return List.of();
    }
    List<Integer> others = new ArrayList<>();
    Set<Run> excluded = new HashSet<>(common);
    for (Run run : runs) {
      if (!excluded.contains(run)) {
        others.addAll(Arrays.asList(sorted).subList(run.first, run.first + run.count));
      }
    }
    List<Integer> result = new ArrayList<>();
    for (int i = 0; i < bounds; i++) {
      result.add(others.get((int) ((long) i * (others.size() - 1) / (bounds - 1))));
    }
    return result;
  }

  /// Of the values' order with that of the rows.
  private double correlation() {
    if (valueCount < 2) {
      return Double.NaN;
    }
    // Too wide and null rows do not count: the places are those among the rest.
    int[] place = new int[rows];
    int next = 0;
    boolean[] taken = new boolean[rows];
    for (int i = 0; i < valueCount; i++) {
      taken[sorted[i]] = true;
    }
    for (int row = 0; row < rows; row++) {
      place[row] = taken[row] ? next++ : 0;
    }
    double n = valueCount;
    double products = 0;
    for (int i = 0; i < valueCount; i++) {
      products += (double) i * place[sorted[i]];
    }
    double sum = n * (n - 1) / 2;
    double squares = n * (n - 1) * (2 * n - 1) / 6;
    return (n * products - sum * sum) / (n * squares - sum * sum);
  }
}
