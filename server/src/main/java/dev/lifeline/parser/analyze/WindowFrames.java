package dev.lifeline.parser.analyze;

import dev.lifeline.executor.expr.Const;
import dev.lifeline.executor.expr.ExprLocation;
import dev.lifeline.executor.expr.Expression;
import dev.lifeline.executor.expr.FuncExpr;
import dev.lifeline.executor.expr.ParseLoc;
import dev.lifeline.executor.expr.SortKey;
import dev.lifeline.parser.func.CoercionContext;
import dev.lifeline.parser.func.ParseCoerce;
import dev.lifeline.parser.tree.Expr;
import dev.lifeline.parser.tree.WindowDef;
import dev.lifeline.parser.tree.WindowFrame;
import dev.lifeline.parser.tree.WindowFrame.Bound;
import dev.lifeline.parser.tree.WindowFrame.Mode;
import dev.lifeline.utils.adt.FormatType;
import dev.lifeline.utils.adt.Text;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Analyzes the frame clauses of windows.
///
/// A RANGE with an offset compares the value that the window orders by with that value moved by the
/// offset. PostgreSQL has an `in_range` function for each pair of types; here the moved value is an
/// expression in a type that is wide enough: integers are compared as numeric, dates as timestamps.
final class WindowFrames {
  /// What may move a value of a type, and the type in which that is done.
  private record Movable(int type, List<Integer> offsets, int offsetType, int comparedAs) {
    boolean accepts(int offset) {
      return offset == Types.UNKNOWN
          || offsets.stream()
              .anyMatch(to -> ParseCoerce.canCoerce(offset, to, CoercionContext.IMPLICIT));
    }

    /// What a string literal is read as.
    int literal() {
      return offsets.contains(type) ? type : offsets.getLast();
    }
  }

  private static final List<Integer> INTEGERS = List.of(Types.INT2, Types.INT4, Types.INT8);

  private static final List<Movable> MOVABLE =
      List.of(
          new Movable(Types.INT2, INTEGERS, Types.NUMERIC, Types.NUMERIC),
          new Movable(Types.INT4, INTEGERS, Types.NUMERIC, Types.NUMERIC),
          new Movable(Types.INT8, List.of(Types.INT8), Types.NUMERIC, Types.NUMERIC),
          new Movable(Types.NUMERIC, List.of(Types.NUMERIC), Types.NUMERIC, Types.NUMERIC),
          new Movable(Types.FLOAT4, List.of(Types.FLOAT8), Types.FLOAT8, Types.FLOAT8),
          new Movable(Types.FLOAT8, List.of(Types.FLOAT8), Types.FLOAT8, Types.FLOAT8),
          new Movable(Types.DATE, List.of(Types.INTERVAL), Types.INTERVAL, Types.TIMESTAMP),
          new Movable(Types.TIMESTAMP, List.of(Types.INTERVAL), Types.INTERVAL, Types.TIMESTAMP),
          new Movable(
              Types.TIMESTAMPTZ, List.of(Types.INTERVAL), Types.INTERVAL, Types.TIMESTAMPTZ),
          new Movable(Types.INTERVAL, List.of(Types.INTERVAL), Types.INTERVAL, Types.INTERVAL));

  private final ExpressionAnalyzer expressions;

  WindowFrames(ExpressionAnalyzer expressions) {
    this.expressions = expressions;
  }

  Window.Frame analyze(WindowFrame frame, List<SortKey> orderBy, WindowDef window) {
    boolean offsets = frame.startOffset() != null || frame.endOffset() != null;
    if (frame.mode() == Mode.GROUPS && orderBy.isEmpty()) {
      throw Windows.error("GROUPS mode requires an ORDER BY clause", window);
    }
    if (frame.mode() != Mode.RANGE || !offsets) {
      return new Window.Frame(
          frame.mode(),
          frame.start(),
          count(frame.startOffset(), frame.mode()),
          frame.end(),
          count(frame.endOffset(), frame.mode()),
          frame.exclusion(),
          null);
    }
    if (orderBy.size() != 1) {
      throw Windows.error(
          "RANGE with offset PRECEDING/FOLLOWING requires exactly one ORDER BY column", window);
    }
    return range(frame, orderBy.getFirst());
  }

  /// How many rows or groups.
  private @Nullable Expression count(@Nullable Expr offset, Mode mode) {
    if (offset == null) {
      return null;
    }
    ExprKind kind = mode == Mode.ROWS ? ExprKind.WINDOW_ROWS : ExprKind.WINDOW_GROUPS;
    return expressions.coerceClause(expressions.transform(offset, kind), Types.INT8, mode.name());
  }

  private Window.Frame range(WindowFrame frame, SortKey key) {
    Moved start = moved(frame.startOffset(), frame.start(), key);
    Moved end = moved(frame.endOffset(), frame.end(), key);
    int comparedAs = start == null ? (end == null ? 0 : end.value.type()) : start.value.type();
    return new Window.Frame(
        frame.mode(),
        frame.start(),
        start == null ? null : start.offset,
        frame.end(),
        end == null ? null : end.offset,
        frame.exclusion(),
        new Window.Range(
            cast(key.expression(), comparedAs),
            start == null ? null : start.value,
            start == null ? null : start.negative,
            end == null ? null : end.value,
            end == null ? null : end.negative));
  }

  private record Moved(Expression offset, Expression value, Expression negative) {}

  private @Nullable Moved moved(@Nullable Expr raw, Bound bound, SortKey key) {
    if (raw == null) {
      return null;
    }
    Expression offset = expressions.transform(raw, ExprKind.WINDOW_RANGE);
    Movable movable = movable(key.expression().type(), offset.type(), ExprLocation.of(offset));
    Expression cast =
        cast(
            offset.type() == Types.UNKNOWN ? cast(offset, movable.literal()) : offset,
            movable.offsetType);
    boolean forward = (bound == Bound.OFFSET_FOLLOWING) != key.descending();
    Expression value =
        expressions
            .operators()
            .binary(
                List.of(forward ? "+" : "-"),
                cast(key.expression(), movable.comparedAs),
                cast,
                raw.location());
    Expression zero =
        cast(new Const(Types.UNKNOWN, -2, Text.of("0"), ParseLoc.NONE), movable.offsetType);
    Expression negative = expressions.operators().binary(List.of("<"), cast, zero, raw.location());
    return new Moved(cast, value, negative);
  }

  private static Movable movable(int type, int offset, int location) {
    Movable found = null;
    for (Movable movable : MOVABLE) {
      found = movable.type == type ? movable : found;
    }
    if (found == null) {
      throw PgException.error(
              SqlState.FEATURE_NOT_SUPPORTED,
              "RANGE with offset PRECEDING/FOLLOWING is not supported for column type %s",
              FormatType.name(type))
          .at(location);
    }
    if (!found.accepts(offset)) {
      throw PgException.error(
              SqlState.FEATURE_NOT_SUPPORTED,
              "RANGE with offset PRECEDING/FOLLOWING is not supported for column type %s and"
                  + " offset type %s",
              FormatType.name(type),
              FormatType.name(offset))
          .hint("Cast the offset value to an appropriate type.")
          .at(location);
    }
    return found;
  }

  private Expression cast(Expression expr, int type) {
    if (expr.type() == type) {
      return expr;
    }
    Expression result =
        expressions
            .coercions()
            .toTarget(expr, type, -1, CoercionContext.EXPLICIT, FuncExpr.Form.IMPLICIT_CAST, -1);
    if (result == null) {
      throw new IllegalStateException("no cast from " + expr.type() + " to " + type);
    }
    return result;
  }
}
