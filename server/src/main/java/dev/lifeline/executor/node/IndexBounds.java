package dev.lifeline.executor.node;

import dev.lifeline.access.common.KeyEncoder;
import dev.lifeline.executor.expr.EvalFrame;
import dev.lifeline.executor.expr.Evaluator;
import dev.lifeline.optimizer.Plan.IndexCondition;
import dev.lifeline.utils.adt.ByteWriter;
import dev.lifeline.utils.adt.PgArray;
import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.batch.Rep;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Turns an index scan's conditions into the range of keys to read.
///
/// The keys of an index begin with the bytes of its first columns, so equalities on these are a
/// prefix; a range on the next column extends the prefix on either side. In a descending column the
/// bytes are inverted, so lower and upper bounds change places. A null on the right of a comparison
/// matches nothing.
public final class IndexBounds {
  /// One condition, ready to be evaluated.
  ///
  /// @param value null for IS NULL and IS NOT NULL
  /// @param min the least value of the column's type, where the value may be of a wider one
  public record Bound(
      int key,
      IndexCondition.Kind kind,
      @Nullable Evaluator value,
      boolean descending,
      long min,
      long max) {
    /// Whether a value lies beyond all that the column can hold.
    boolean above(long v) {
      return v > max;
    }

    boolean below(long v) {
      return v < min;
    }
  }

  /// A range of keys; the lower end is inclusive.
  private static final class Range implements Comparable<Range> {
    final byte @Nullable [] lower;
    final byte @Nullable [] upper;
    final boolean upperInclusive;

    Range(byte @Nullable [] lower, byte @Nullable [] upper, boolean upperInclusive) {
      this.lower = lower;
      this.upper = upper;
      this.upperInclusive = upperInclusive;
    }

    @Override
    public int compareTo(Range other) {
      byte[] a = lower;
      byte[] b = other.lower;
      return a == null || b == null
          ? Boolean.compare(a != null, b != null)
          : Arrays.compareUnsigned(a, b);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Range range && compareTo(range) == 0;
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(lower);
    }
  }

  private final KeyEncoder encoder;
  private final List<Bound> bounds;
  private final int indexColumns;
  private final Column[] values;

  /// For ANY which element of the array in [#values] is looked at.
  private final int[] elements;

  private final boolean hasAny;
  private final List<Range> ranges = new ArrayList<>();
  private int nextRange;
  private final ByteWriter prefix = new ByteWriter(24);

  byte @Nullable [] lower;
  byte @Nullable [] upper;
  boolean upperInclusive;
  private boolean empty;

  public IndexBounds(KeyEncoder encoder, List<Bound> bounds) {
    this.encoder = encoder;
    this.bounds = bounds;
    this.indexColumns = encoder.columns();
    this.values = new Column[bounds.size()];
    this.elements = new int[bounds.size()];
    this.hasAny = bounds.stream().anyMatch(b -> b.kind() == IndexCondition.Kind.ANY);
    for (int i = 0; i < values.length; i++) {
      Evaluator value = bounds.get(i).value();
      if (value != null) {
        values[i] = new Column(value.rep(), 1);
      }
    }
  }

  /// Evaluates the conditions, and sets the first range.
  ///
  /// @param forward whether the ranges are wanted in ascending order
  /// @return false when nothing can match
  boolean compute(EvalFrame frame, boolean forward) {
    if (!hasAny) {
      return computeRange(frame);
    }
    ranges.clear();
    nextRange = 0;
    computeRanges(frame, 0);
    ranges.sort((a, b) -> forward ? a.compareTo(b) : b.compareTo(a));
    return next();
  }

  /// Sets the next range.
  ///
  /// @return false when there are no more
  boolean next() {
    if (nextRange >= ranges.size()) {
      return false;
    }
    Range range = ranges.get(nextRange++);
    while (nextRange < ranges.size() && ranges.get(nextRange).compareTo(range) == 0) {
      nextRange++;
    }
    lower = range.lower;
    upper = range.upper;
    upperInclusive = range.upperInclusive;
    return true;
  }

  /// A range for each choice of elements of the arrays. They are all about equalities, so two are
  /// the same or apart.
  private void computeRanges(EvalFrame frame, int from) {
    int at = from;
    while (at < bounds.size() && bounds.get(at).kind() != IndexCondition.Kind.ANY) {
      at++;
    }
    if (at == bounds.size()) {
      if (computeRange(frame)) {
        ranges.add(new Range(lower, upper, upperInclusive));
      }
      return;
    }
    Evaluator value = bounds.get(at).value();
    if (value == null || !(value.evalObject(frame) instanceof PgArray array)) {
      return;
    }
    for (int i = 0; i < array.size(); i++) {
      values[at] = array.elements();
      elements[at] = i;
      computeRanges(frame, at + 1);
    }
  }

  private boolean computeRange(EvalFrame frame) {
    prefix.truncate(0);
    lower = null;
    upper = null;
    upperInclusive = false;
    empty = false;
    int next = 0;
    while (next < bounds.size() && isEquality(bounds.get(next))) {
      addEquality(frame, next++);
      if (empty) {
        return false;
      }
    }
    int length = prefix.size();
    if (next == bounds.size()) {
      if (length > 0) {
        lower = copy();
        boolean whole = next == indexColumns;
        upper = whole ? lower : successor();
        upperInclusive = whole;
      }
      return true;
    }
    range(frame, next);
    return !empty;
  }

  private static boolean isEquality(Bound bound) {
    return switch (bound.kind()) {
      case EQUAL, ANY, IS_NULL -> true;
      default -> false;
    };
  }

  private void addEquality(EvalFrame frame, int index) {
    Bound bound = bounds.get(index);
    if (bound.kind() == IndexCondition.Kind.IS_NULL) {
      encoder.encodeNull(bound.key(), prefix);
      return;
    }
    boolean isElement = bound.kind() == IndexCondition.Kind.ANY;
    Column value = isElement ? values[index] : evaluate(frame, index);
    int row = isElement ? elements[index] : 0;
    if (value.isNull(row) || isOutside(bound, value, row)) {
      empty = true;
      return;
    }
    encoder.encodeColumn(bound.key(), value, row, prefix);
  }

  private static boolean isOutside(Bound bound, Column value, int row) {
    return value.rep() == Rep.LONG
        && (bound.above(value.getLong(row)) || bound.below(value.getLong(row)));
  }

  private Column evaluate(EvalFrame frame, int index) {
    Evaluator value = bounds.get(index).value();
    if (value == null) {
      throw new IllegalStateException("a comparison with nothing");
    }
    value.evalInto(frame, values[index], 0);
    return values[index];
  }

  /// The range on the column after the equalities: all values that are not null, narrowed by each
  /// condition.
  private void range(EvalFrame frame, int from) {
    int length = prefix.size();
    encoder.encodeNotNull(prefix);
    lower = copy();
    upper = successor();
    prefix.truncate(length);
    for (int i = from; i < bounds.size() && !empty; i++) {
      Bound bound = bounds.get(i);
      if (bound.kind() == IndexCondition.Kind.IS_NOT_NULL) {
        continue;
      }
      Column value = evaluate(frame, i);
      if (value.isNull(0)) {
        empty = true;
        return;
      }
      narrow(bound, value, length);
    }
    if (lower != null && upper != null && Arrays.compareUnsigned(lower, upper) >= 0) {
      empty = true;
    }
  }

  private void narrow(Bound bound, Column value, int length) {
    boolean greater =
        bound.kind() == IndexCondition.Kind.GREATER
            || bound.kind() == IndexCondition.Kind.GREATER_EQUAL;
    boolean inclusive =
        bound.kind() == IndexCondition.Kind.GREATER_EQUAL
            || bound.kind() == IndexCondition.Kind.LESS_EQUAL;
    if (isOutside(bound, value, 0)) {
      boolean matchesNone = bound.above(value.getLong(0)) == greater;
      empty |= matchesNone;
      return;
    }
    prefix.truncate(length);
    encoder.encodeColumn(bound.key(), value, 0, prefix);
    boolean isLower = greater != bound.descending();
    byte @Nullable [] limit = isLower == inclusive ? copy() : successor();
    prefix.truncate(length);
    if (isLower) {
      lower = limit == null ? lower : max(lower, limit);
      empty |= limit == null;
    } else {
      upper = limit == null ? upper : min(upper, limit);
    }
  }

  private static byte[] max(byte @Nullable [] a, byte[] b) {
    return a == null || Arrays.compareUnsigned(a, b) < 0 ? b : a;
  }

  private static byte[] min(byte @Nullable [] a, byte[] b) {
    return a == null || Arrays.compareUnsigned(a, b) > 0 ? b : a;
  }

  private byte[] copy() {
    return prefix.toBytes();
  }

  private byte @Nullable [] successor() {
    ByteWriter writer = new ByteWriter(prefix.size() + 1);
    byte[] bytes = prefix.toBytes();
    for (byte b : bytes) {
      writer.int8(b);
    }
    return KeyEncoder.successor(writer) ? writer.toBytes() : null;
  }
}
