package dev.lifeline.catalog;

import dev.lifeline.utils.adt.EvalContext;
import dev.lifeline.utils.adt.PgType;
import dev.lifeline.utils.adt.Values;
import dev.lifeline.utils.batch.Column;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What ANALYZE has found out about the values of a column: a row of `pg_statistic`. Immutable, but
/// that the values are parsed when they are first asked for.
public final class ColumnStatistics {
  private final int attnum;
  private final double nullFraction;
  private final int averageWidth;
  private final double distinct;
  private final List<String> commonValues;
  private final List<Double> commonFrequencies;
  private final List<String> histogram;
  private final double correlation;

  private volatile @Nullable Column parsedCommon;
  private volatile @Nullable Column parsedHistogram;

  /// @param distinct `pg_stats.n_distinct`: how many different values there are or, where negative,
  ///   how many for each row; 0 for unknown
  /// @param commonValues the text forms of the most common values, the most common first
  /// @param commonFrequencies of each of them the part of all rows that has it
  /// @param histogram text forms of values that divide the others into parts of equal size
  /// @param correlation of the order of the values and that of their rows; NaN for unknown
  public ColumnStatistics(
      int attnum,
      double nullFraction,
      int averageWidth,
      double distinct,
      List<String> commonValues,
      List<Double> commonFrequencies,
      List<String> histogram,
      double correlation) {
    this.attnum = attnum;
    this.nullFraction = nullFraction;
    this.averageWidth = averageWidth;
    this.distinct = distinct;
    this.commonValues = List.copyOf(commonValues);
    this.commonFrequencies = List.copyOf(commonFrequencies);
    this.histogram = List.copyOf(histogram);
    this.correlation = correlation;
  }

  public int attnum() {
    return attnum;
  }

  public double nullFraction() {
    return nullFraction;
  }

  public int averageWidth() {
    return averageWidth;
  }

  /// See the constructor.
  public double distinct() {
    return distinct;
  }

  public List<String> commonValues() {
    return commonValues;
  }

  public List<Double> commonFrequencies() {
    return commonFrequencies;
  }

  public List<String> histogram() {
    return histogram;
  }

  public double correlation() {
    return correlation;
  }

  /// The most common values as values.
  ///
  /// @param context with the default settings, as the text forms were made with
  public Column commonColumn(PgType type, EvalContext context) {
    Column parsed = parsedCommon;
    if (parsed == null) {
      parsed = parse(commonValues, type, context);
      parsedCommon = parsed;
    }
    return parsed;
  }

  /// The bounds of the histogram as values.
  public Column histogramColumn(PgType type, EvalContext context) {
    Column parsed = parsedHistogram;
    if (parsed == null) {
      parsed = parse(histogram, type, context);
      parsedHistogram = parsed;
    }
    return parsed;
  }

  private static Column parse(List<String> texts, PgType type, EvalContext context) {
    Column column = new Column(type.rep(), Math.max(1, texts.size()));
    for (int i = 0; i < texts.size(); i++) {
      Values.set(column, i, Values.read(type, texts.get(i), context));
    }
    return column;
  }
}
