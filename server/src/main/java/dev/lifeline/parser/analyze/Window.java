package dev.lifeline.parser.analyze;

import dev.lifeline.executor.expr.Expression;
import dev.lifeline.executor.expr.SortKey;
import dev.lifeline.parser.tree.WindowFrame.Bound;
import dev.lifeline.parser.tree.WindowFrame.Exclusion;
import dev.lifeline.parser.tree.WindowFrame.Mode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// A window of a query, of its WINDOW clause or of an OVER clause: which rows a window function
/// sees, and in which order.
///
/// @param name null for one of an OVER clause
/// @param framed whether a frame was written
public record Window(
    @Nullable String name,
    List<Expression> partitionBy,
    List<SortKey> orderBy,
    boolean framed,
    Frame frame) {
  public Window {
    partitionBy = List.copyOf(partitionBy);
    orderBy = List.copyOf(orderBy);
  }

  /// Which rows of the partition a row's frame has.
  ///
  /// @param startOffset of type int8, or with RANGE of what the order's type is moved by; null
  ///   where the bound has none
  /// @param range with RANGE and an offset, what is compared
  public record Frame(
      Mode mode,
      Bound start,
      @Nullable Expression startOffset,
      Bound end,
      @Nullable Expression endOffset,
      Exclusion exclusion,
      @Nullable Range range) {
    /// What a window has that says nothing else.
    public static final Frame DEFAULT =
        new Frame(
            Mode.RANGE,
            Bound.UNBOUNDED_PRECEDING,
            null,
            Bound.CURRENT_ROW,
            null,
            Exclusion.NONE,
            null);

    Frame map(UnaryOperator<Expression> mapper) {
      return new Frame(
          mode,
          start,
          mapNullable(startOffset, mapper),
          end,
          mapNullable(endOffset, mapper),
          exclusion,
          range == null ? null : range.map(mapper));
    }

    private void addTo(List<Expression> result) {
      addNullable(startOffset, result);
      addNullable(endOffset, result);
      if (range != null) {
        result.add(range.key);
        addNullable(range.start, result);
        addNullable(range.startNegative, result);
        addNullable(range.end, result);
        addNullable(range.endNegative, result);
      }
    }
  }

  /// RANGE with an offset. All but the conditions are of one type, in which they are compared: one
  /// in which key and offset can be added without an overflow.
  ///
  /// @param key the value that the window orders by
  /// @param start the key moved by the offset of the frame's start
  /// @param startNegative whether that offset is negative, which is an error
  public record Range(
      Expression key,
      @Nullable Expression start,
      @Nullable Expression startNegative,
      @Nullable Expression end,
      @Nullable Expression endNegative) {
    Range map(UnaryOperator<Expression> mapper) {
      return new Range(
          mapper.apply(key),
          mapNullable(start, mapper),
          mapNullable(startNegative, mapper),
          mapNullable(end, mapper),
          mapNullable(endNegative, mapper));
    }
  }

  /// Everything that is evaluated for it.
  public List<Expression> expressions() {
    List<Expression> result = new ArrayList<>(partitionBy);
    orderBy.forEach(key -> result.add(key.expression()));
    frame.addTo(result);
    return result;
  }

  Window map(UnaryOperator<Expression> mapper) {
    return new Window(
        name,
        partitionBy.stream().map(mapper).toList(),
        orderBy.stream()
            .map(key ->
                new SortKey(mapper.apply(key.expression()), key.descending(), key.nullsFirst()))
            .toList(),
        framed,
        frame.map(mapper));
  }

  private static @Nullable Expression mapNullable(
      @Nullable Expression expr, UnaryOperator<Expression> mapper) {
    return expr == null ? null : mapper.apply(expr);
  }

  private static void addNullable(@Nullable Expression expr, List<Expression> result) {
    if (expr != null) {
      result.add(expr);
    }
  }
}
