package dev.lifeline.parser.analyze;

import dev.lifeline.executor.expr.ExprLocation;
import dev.lifeline.executor.expr.Expression;
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

/// Analyzes subscripts and slices of arrays.
final class Subscripts {
  private final ExpressionAnalyzer expressions;

  Subscripts(ExpressionAnalyzer expressions) {
    this.expressions = expressions;
  }

  Expression transform(AIndirection raw, ExprKind kind) {
    Expression container = expressions.transform(raw.arg(), kind);
    boolean name = container.type() == Types.NAME;
    int element = name ? Types.CHAR : Types.elementOf(container.type());
    List<Subscript> subscripts = new ArrayList<>();
    boolean slice = false;
    for (Indirection step : raw.indirection()) {
      if (!(step instanceof AIndices indices)) {
        throw PgException.notSupported("a field of a composite value").at(raw.location());
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
