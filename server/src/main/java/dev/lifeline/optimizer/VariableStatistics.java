package dev.lifeline.optimizer;

import dev.lifeline.catalog.ColumnStatistics;
import dev.lifeline.utils.adt.EvalContext;
import dev.lifeline.utils.adt.Numeric;
import dev.lifeline.utils.adt.PgType;
import dev.lifeline.utils.adt.Text;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.adt.Values;
import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.batch.Rep;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/// What ANALYZE knows of a column, as answers to the planner's questions: the estimators of
/// PostgreSQL's `selfuncs.c`.
final class VariableStatistics {
  private static final double DISTINCT_DEFAULT = 200;

  /// The histogram's ends are not trusted to be the ends of all values.
  private static final double HISTOGRAM_MARGIN = 0.01;

  private final ColumnStatistics statistics;
  private final PgType type;
  private final double tuples;
  private final boolean unique;
  private final EvalContext context;

  /// @param tuples of the column's table
  /// @param unique whether an index says that no two values are equal
  /// @param context with the default settings
  VariableStatistics(
      ColumnStatistics statistics,
      PgType type,
      double tuples,
      boolean unique,
      EvalContext context) {
    this.statistics = statistics;
    this.type = type;
    this.tuples = tuples;
    this.unique = unique;
    this.context = context;
  }

  double nullFraction() {
    return statistics.nullFraction();
  }

  ColumnStatistics statistics() {
    return statistics;
  }

  /// How many different values the column has.
  double distinct() {
    if (unique) {
      return Math.max(1, tuples * (1 - nullFraction()));
    }
    double distinct = statistics.distinct();
    double values =
        distinct > 0
            ? distinct
            : distinct < 0 ? -distinct * tuples : Math.min(DISTINCT_DEFAULT, tuples);
    return Math.max(1, Math.rint(Math.min(values, Math.max(1, tuples))));
  }

  Column common() {
    return statistics.commonColumn(type, context);
  }

  int commonCount() {
    return statistics.commonValues().size();
  }

  double commonSum() {
    return statistics.commonFrequencies().stream().mapToDouble(f -> f).sum();
  }

  PgType type() {
    return type;
  }

  /// The part of the rows whose value equals one that is not known now.
  double equalToUnknown() {
    if (unique && tuples >= 1) {
      return 1 / tuples;
    }
    double result = (1 - nullFraction()) / distinct();
    List<Double> frequencies = statistics.commonFrequencies();
    return frequencies.isEmpty() ? result : Math.min(result, frequencies.getFirst());
  }

  /// The part of the rows whose value equals a constant.
  double equalTo(@Nullable Object constant) {
    if (constant == null) {
      return 0;
    }
    if (unique && tuples >= 1) {
      return 1 / tuples;
    }
    Column value = Values.column(type, constant);
    Column common = common();
    List<Double> frequencies = statistics.commonFrequencies();
    for (int i = 0; i < commonCount(); i++) {
      if (type.ops().compare(common, i, value, 0) == 0) {
        return frequencies.get(i);
      }
    }
    double result = Math.max(0, 1 - commonSum() - nullFraction());
    double others = distinct() - commonCount();
    if (others > 1) {
      result /= others;
    }
    return frequencies.isEmpty() ? result : Math.min(result, frequencies.getLast());
  }

  /// The part of the rows whose value is less than a constant.
  ///
  /// @param orEqual or equal to it
  /// @param otherwise what is returned when nothing is known
  double lessThan(Object constant, boolean orEqual, DoubleSupplier otherwise) {
    Column value = Values.column(type, constant);
    Column common = common();
    double result = 0;
    for (int i = 0; i < commonCount(); i++) {
      int order = type.ops().compare(common, i, value, 0);
      if (order < 0 || (orEqual && order == 0)) {
        result += statistics.commonFrequencies().get(i);
      }
    }
    double rest = Math.max(0, 1 - nullFraction() - commonSum());
    double inHistogram = belowInHistogram(value);
    if (inHistogram < 0) {
      if (commonCount() == 0) {
        return otherwise.getAsDouble();
      }
      inHistogram = 0.5;
    }
    return Math.max(0, Math.min(1, result + inHistogram * rest));
  }

  /// The part of the histogram that is below a value; -1 where there is no histogram.
  private double belowInHistogram(Column value) {
    int bounds = statistics.histogram().size();
    if (bounds < 2) {
      return -1;
    }
    Column histogram = statistics.histogramColumn(type, context);
    int low = 0;
    int high = bounds;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (type.ops().compare(histogram, middle, value, 0) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    double result;
    if (low == 0) {
      result = 0;
    } else if (low == bounds) {
      result = 1;
    } else {
      result = (low - 1 + place(histogram, low, value)) / (bounds - 1);
    }
    double margin = HISTOGRAM_MARGIN / (bounds - 1);
    return Math.max(margin, Math.min(1 - margin, result));
  }

  /// Where in its part of the histogram a value is, from 0 to 1, if values are spread evenly there.
  private double place(Column histogram, int upper, Column value) {
    byte[] prefix = commonPrefix(histogram, upper);
    double from = scalar(histogram, upper - 1, prefix.length);
    double to = scalar(histogram, upper, prefix.length);
    double at = scalar(value, 0, prefix.length);
    if (Double.isNaN(from) || Double.isNaN(to) || Double.isNaN(at) || to <= from) {
      return 0.5;
    }
    return Math.max(0, Math.min(1, (at - from) / (to - from)));
  }

  /// Of two bounds that are strings: what both begin with tells nothing.
  private static byte[] commonPrefix(Column histogram, int upper) {
    if (histogram.rep() == Rep.OBJECT
        && histogram.getObject(upper - 1) instanceof Text a
        && histogram.getObject(upper) instanceof Text b) {
      int length = Arrays.mismatch(a.bytes(), b.bytes());
      return Arrays.copyOf(a.bytes(), Math.max(0, length));
    }
    return new byte[0];
  }

  /// A number that orders as the value does; NaN where there is none.
  private static double scalar(Column column, int row, int skip) {
    return switch (column.rep()) {
      case LONG -> column.getLong(row);
      case DOUBLE -> column.getDouble(row);
      case OBJECT -> {
        Object value = column.getObject(row);
        if (value instanceof Text text) {
          yield fraction(text.bytes(), skip);
        }
        yield value instanceof Numeric numeric && !numeric.isNan()
            ? Double.parseDouble(numeric.toString())
            : Double.NaN;
      }
    };
  }

  /// The bytes as the digits of a fraction.
  private static double fraction(byte[] bytes, int skip) {
    double result = 0;
    double unit = 1;
    for (int i = skip; i < Math.min(bytes.length, skip + 12); i++) {
      unit /= 256;
      result += (bytes[i] & 0xFF) * unit;
    }
    return result;
  }

  /// Whether an operator between the column and a value of that type compares as the statistics do.
  boolean comparesWith(int valueType) {
    return valueType == type.oid()
        || (IndexMatch.isInteger(valueType) && IndexMatch.isInteger(type.oid()))
        || (isString(valueType) && isString(type.oid()));
  }

  private static boolean isString(int oid) {
    return oid == Types.TEXT || oid == Types.VARCHAR || oid == Types.NAME;
  }

  /// The part of all pairs of rows that have equal values.
  static double join(VariableStatistics a, VariableStatistics b) {
    double nulls = (1 - a.nullFraction()) * (1 - b.nullFraction());
    if (a.commonCount() == 0
        || b.commonCount() == 0
        || a.unique
        || b.unique
        || !a.comparesWith(b.type.oid())) {
      return nulls / Math.max(a.distinct(), b.distinct());
    }
    return joinByCommon(a, b);
  }

  /// Matches the two lists of common values with each other; the others are taken to be spread
  /// evenly over the values that are in neither list.
  private static double joinByCommon(VariableStatistics a, VariableStatistics b) {
    List<Double> ofA = a.statistics.commonFrequencies();
    List<Double> ofB = b.statistics.commonFrequencies();
    boolean[] matchedB = new boolean[ofB.size()];
    double products = 0;
    double matchedSumA = 0;
    int matches = 0;
    for (int i = 0; i < ofA.size(); i++) {
      for (int j = 0; j < ofB.size(); j++) {
        if (!matchedB[j] && a.type.ops().compare(a.common(), i, b.common(), j) == 0) {
          matchedB[j] = true;
          products += ofA.get(i) * ofB.get(j);
          matchedSumA += ofA.get(i);
          matches++;
          break;
        }
      }
    }
    double matchedSumB = 0;
    for (int j = 0; j < matchedB.length; j++) {
      matchedSumB += matchedB[j] ? ofB.get(j) : 0;
    }
    double unmatchedA = a.commonSum() - matchedSumA;
    double unmatchedB = b.commonSum() - matchedSumB;
    double otherA = Math.max(0, 1 - a.nullFraction() - a.commonSum());
    double otherB = Math.max(0, 1 - b.nullFraction() - b.commonSum());
    double fromA = total(products, unmatchedA, otherA, otherB, unmatchedB, b, ofB.size(), matches);
    double fromB = total(products, unmatchedB, otherB, otherA, unmatchedA, a, ofA.size(), matches);
    return Math.max(0, Math.min(1, Math.min(fromA, fromB)));
  }

  /// Seen from one side: its unmatched common values meet the other side's uncommon ones, its
  /// uncommon ones all that are unmatched there.
  private static double total(
      double products,
      double unmatched,
      double other,
      double otherThere,
      double unmatchedThere,
      VariableStatistics there,
      int commonThere,
      int matches) {
    double result = products;
    double distinctThere = there.distinct();
    if (distinctThere > commonThere) {
      result += unmatched * otherThere / (distinctThere - commonThere);
    }
    if (distinctThere > matches) {
      result += other * (otherThere + unmatchedThere) / (distinctThere - matches);
    }
    return result;
  }
}
