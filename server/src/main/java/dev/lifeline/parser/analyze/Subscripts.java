package dev.lifeline.parser.analyze;

import dev.lifeline.executor.expr.ArrayExpr;
import dev.lifeline.executor.expr.CoerceViaIo;
import dev.lifeline.executor.expr.ExprLocation;
import dev.lifeline.executor.expr.Expression;
import dev.lifeline.executor.expr.FuncExpr;
import dev.lifeline.executor.expr.ParseLoc;
import dev.lifeline.executor.expr.SubscriptingRef;
import dev.lifeline.executor.expr.SubscriptingRef.Subscript;
import dev.lifeline.parser.func.CoercionContext;
import dev.lifeline.parser.func.ParseCoerce;
import dev.lifeline.parser.tree.AIndices;
import dev.lifeline.parser.tree.AIndirection;
import dev.lifeline.parser.tree.Expr;
import dev.lifeline.parser.tree.Indirection;
import dev.lifeline.utils.adt.FormatType;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Analyzes subscripts and slices of arrays, subscripts of jsonb, and fields of records.
final class Subscripts {
  private static final int JSONB_EXTRACT_PATH = 3217;

  private final ExpressionAnalyzer expressions;
  private final RecordFields fields;

  Subscripts(ExpressionAnalyzer expressions) {
    this.expressions = expressions;
    this.fields = new RecordFields(expressions.state().analysis());
  }

  Expression transform(AIndirection raw, ExprKind kind) {
    Expression container = expressions.transform(raw.arg(), kind);
    List<Indirection> steps = raw.indirection();
    int first = 0;
    while (first < steps.size() && steps.get(first) instanceof Indirection.Field field) {
      container = fields.select(container, field.name(), raw.location());
      first++;
    }
    return first == steps.size()
        ? container
        : subscripts(container, raw, steps.subList(first, steps.size()), kind);
  }

  private Expression subscripts(
      Expression container, AIndirection raw, List<Indirection> steps, ExprKind kind) {
    if (container.type() == Types.JSONB) {
      return element(container, raw, steps, kind);
    }
    boolean name = container.type() == Types.NAME;
    int element = name ? Types.CHAR : Types.elementOf(container.type());
    List<Subscript> subscripts = new ArrayList<>();
    boolean slice = false;
    for (Indirection step : steps) {
      if (!(step instanceof AIndices indices)) {
        throw PgException.notSupported("a field of an element").at(raw.location());
      }
      if (element == 0) {
        throw PgException.error(
                SqlState.DATATYPE_MISMATCH,
                "cannot subscript type %s because it does not support subscripting",
                FormatType.name(container.type()))
            .at(container.location().offset());
      }
      slice |= indices.isSlice();
      subscripts.add(
          new Subscript(subscript(indices.lidx(), kind), subscript(indices.uidx(), kind)));
    }
    if (name && slice) {
      throw PgException.error(
          SqlState.FEATURE_NOT_SUPPORTED, "slices of fixed-length arrays not implemented");
    }
    if (name && subscripts.size() > 1) {
      throw PgException.notSupported("more than one subscript of a name").at(raw.location());
    }
    return new SubscriptingRef(
        slice ? container.type() : element,
        container.typmod(),
        container,
        slice,
        subscripts,
        ParseLoc.at(raw.location()));
  }

  /// An element of a jsonb value: the steps to it are a path.
  private Expression element(
      Expression container, AIndirection raw, List<Indirection> steps, ExprKind kind) {
    List<Expression> path = new ArrayList<>();
    for (Indirection step : steps) {
      if (!(step instanceof AIndices indices)) {
        throw PgException.notSupported("a field of an element").at(raw.location());
      }
      Expr bound = indices.uidx() == null ? indices.lidx() : indices.uidx();
      if (indices.isSlice() || indices.uidx() == null) {
        throw PgException.error(
                SqlState.DATATYPE_MISMATCH, "jsonb subscript does not support slices")
            .at(bound == null ? raw.location() : bound.location());
      }
      path.add(step(expressions.transform(indices.uidx(), kind)));
    }
    return new FuncExpr(
        JSONB_EXTRACT_PATH,
        Types.JSONB,
        -1,
        false,
        true,
        FuncExpr.Form.CALL,
        List.of(container, new ArrayExpr(Types.TEXT_ARRAY, Types.TEXT, false, path, ParseLoc.NONE)),
        ParseLoc.at(raw.location()));
  }

  /// A key, or the place of an element, both of which a path has as text.
  private Expression step(Expression step) {
    boolean place =
        step.type() != Types.UNKNOWN
            && ParseCoerce.canCoerce(step.type(), Types.INT4, CoercionContext.IMPLICIT);
    if (place) {
      Expression number = expressions.coerceClause(step, Types.INT4, "jsonb subscript");
      return new CoerceViaIo(number, Types.TEXT, FuncExpr.Form.IMPLICIT_CAST, step.location());
    }
    if (!ParseCoerce.canCoerce(step.type(), Types.TEXT, CoercionContext.IMPLICIT)) {
      throw PgException.error(
              SqlState.DATATYPE_MISMATCH,
              "subscript type %s is not supported",
              FormatType.name(step.type()))
          .hint("jsonb subscript must be coercible to either integer or text.")
          .at(ExprLocation.of(step));
    }
    return expressions.coerceClause(step, Types.TEXT, "jsonb subscript");
  }

  private @Nullable Expression subscript(@Nullable Expr raw, ExprKind kind) {
    if (raw == null) {
      return null;
    }
    Expression index = expressions.transform(raw, kind);
    if (index.type() != Types.INT4
        && !ParseCoerce.canCoerce(index.type(), Types.INT4, CoercionContext.ASSIGNMENT)) {
      throw PgException.error(SqlState.DATATYPE_MISMATCH, "array subscript must have type integer")
          .at(ExprLocation.of(index));
    }
    return expressions.coerceClause(index, Types.INT4, "array subscript");
  }
}
