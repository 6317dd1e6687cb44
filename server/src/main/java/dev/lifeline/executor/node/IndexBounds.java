package dev.lifeline.executor.node;

import dev.lifeline.access.common.KeyEncoder;
import dev.lifeline.executor.expr.EvalFrame;
import dev.lifeline.executor.expr.Evaluator;
import dev.lifeline.optimizer.Plan.IndexCondition;
import dev.lifeline.utils.adt.ByteWriter;
import dev.lifeline.utils.batch.Column;
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

  private final KeyEncoder encoder;
  private final List<Bound> bounds;
  private final int indexColumns;
  private final Column[] values;
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
    for (int i = 0; i < values.length; i++) {
      Evaluator value = bounds.get(i).value();
      if (value != null) {
        values[i] = new Column(value.rep(), 1);
      }
    }
  }

  /// Evaluates the conditions.
  ///
  /// @return false when nothing can match
  boolean compute(EvalFrame frame) {
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
    return bound.kind() == IndexCondition.Kind.EQUAL || bound.kind() == IndexCondition.Kind.IS_NULL;
  }

  private void addEquality(EvalFrame frame, int index) {
    Bound bound = bounds.get(index);
    if (bound.kind() == IndexCondition.Kind.IS_NULL) {
      encoder.encodeNull(bound.key(), prefix);
      return;
    }
    Column value = evaluate(frame, index);
    if (value.isNull(0) || isOutside(bound, value)) {
      empty = true;
      return;
    }
    encoder.encodeColumn(bound.key(), value, 0, prefix);
  }

  private static boolean isOutside(Bound bound, Column value) {
    return value.rep() == dev.lifeline.utils.batch.Rep.LONG
        && (bound.above(value.getLong(0)) || bound.below(value.getLong(0)));
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
    if (isOutside(bound, value)) {
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
