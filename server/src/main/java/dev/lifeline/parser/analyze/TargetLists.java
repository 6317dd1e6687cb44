package dev.lifeline.parser.analyze;

import dev.lifeline.executor.expr.Expression;
import dev.lifeline.executor.expr.Var;
import dev.lifeline.parser.analyze.Query.Output;
import dev.lifeline.parser.tree.AArrayExpr;
import dev.lifeline.parser.tree.AExpr;
import dev.lifeline.parser.tree.AIndirection;
import dev.lifeline.parser.tree.CaseExpr;
import dev.lifeline.parser.tree.CoalesceExpr;
import dev.lifeline.parser.tree.CollateClause;
import dev.lifeline.parser.tree.ColumnRef;
import dev.lifeline.parser.tree.Expr;
import dev.lifeline.parser.tree.FuncCall;
import dev.lifeline.parser.tree.GroupingFunc;
import dev.lifeline.parser.tree.Indirection;
import dev.lifeline.parser.tree.MinMaxExpr;
import dev.lifeline.parser.tree.ResTarget;
import dev.lifeline.parser.tree.RowExpr;
import dev.lifeline.parser.tree.SqlValueFunction;
import dev.lifeline.parser.tree.SubLink;
import dev.lifeline.parser.tree.TypeCast;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Analyzes the output columns of a SELECT or a RETURNING: expands stars, and finds a name for
/// each.
final class TargetLists {
  private final ParseState state;
  private final ExpressionAnalyzer expressions;

  TargetLists(ParseState state) {
    this.state = state;
    this.expressions = new ExpressionAnalyzer(state);
  }

  List<Output> transform(List<ResTarget> targets, ExprKind kind) {
    List<Output> outputs = new ArrayList<>();
    for (ResTarget target : targets) {
      Expr value = target.val();
      if (value instanceof ColumnRef ref && ref.star()) {
        List<List<String>> names = new ArrayList<>();
        expandStar(outputs, ref, names);
        DefinitionNames definition = state.analysis().definition();
        if (definition != null) {
          definition.star(ref.location(), names);
        }
        continue;
      }
      if (value instanceof AIndirection indirection
          && indirection.indirection().getLast() instanceof Indirection.Star) {
        throw PgException.notSupported("expansion of a composite value");
      }
      if (value == null) {
        throw new IllegalStateException("an output column without an expression");
      }
      String name = target.name() == null ? figureName(value) : target.name();
      outputs.add(output(name, expressions.transform(value, kind)));
    }
    return outputs;
  }

  /// An output column, which knows the table's column that it shows.
  Output output(String name, Expression expr) {
    RangeEntry.RangeColumn origin = origin(expr);
    return origin == null
        ? new Output(name, expr, false, 0, 0)
        : new Output(name, expr, false, origin.tableOid(), origin.tableAttnum());
  }

  private RangeEntry.@Nullable RangeColumn origin(Expression expr) {
    if (!(expr instanceof Var var)) {
      return null;
    }
    for (RangeEntry range : state.analysis().ranges()) {
      if (range.id() == var.varno()) {
        for (RangeEntry.RangeColumn column : range.columns()) {
          if (column.attnum() == var.attno()) {
            return column;
          }
        }
      }
    }
    return null;
  }

  /// @param names gets what each column is known under
  private void expandStar(List<Output> outputs, ColumnRef ref, List<List<String>> names) {
    List<String> fields = ref.fields();
    if (fields.isEmpty()) {
      boolean any = false;
      for (Scope.Item item : state.scope().items()) {
        if (item.columnsVisible && !item.lateralOnly) {
          expand(outputs, item, -1, names);
          any = true;
        }
      }
      if (!any) {
        throw PgException.error(
                SqlState.SYNTAX_ERROR, "SELECT * with no tables specified is not valid")
            .at(ref.location());
      }
      return;
    }
    String table = fields.getLast();
    String schema = fields.size() > 1 ? fields.get(fields.size() - 2) : null;
    Scope.Item item = state.scope().item(schema, table, ref.location());
    if (item == null) {
      throw state.scope().missingItem(schema, table, ref.location());
    }
    expand(outputs, item, ref.location(), names);
  }

  private void expand(
      List<Output> outputs, Scope.Item item, int location, List<List<String>> names) {
    for (Scope.ScopeColumn column : item.columns) {
      if (!column.system()) {
        outputs.add(output(column.name(), ExpressionAnalyzer.located(column.expr(), location)));
        String qualifier = item.nameVisible ? item.name : rangeName(column.expr());
        names.add(qualifier == null ? List.of(column.name()) : List.of(qualifier, column.name()));
      }
    }
  }

  /// The name of the entry that a column of a join comes from; null where that has merged two.
  private @Nullable String rangeName(Expression expr) {
    if (expr instanceof Var var) {
      for (RangeEntry range : state.analysis().ranges()) {
        if (range.id() == var.varno()) {
          return range.alias();
        }
      }
    }
    return null;
  }

  /// The name of a column that was given none.
  static String figureName(@Nullable Expr expr) {
    Figured figured = figure(expr);
    return figured == null ? "?column?" : figured.name;
  }

  /// A name, and whether it is a good one: that of a column or a function rather than of a type.
  private record Figured(String name, boolean good) {}

  private static @Nullable Figured figure(@Nullable Expr expr) {
    return switch (expr) {
      case ColumnRef ref -> ref.fields().isEmpty() ? null : good(ref.fields().getLast());
      case AIndirection indirection -> figureIndirection(indirection);
      case FuncCall call -> good(call.funcname().getLast());
      case AExpr op -> op.kind() == AExpr.Kind.NULLIF ? good("nullif") : null;
      case TypeCast cast -> figureCast(cast);
      case CollateClause collate -> figure(collate.arg());
      case GroupingFunc grouping -> good("grouping");
      case SubLink sublink -> figureSubLink(sublink);
      case CaseExpr caseExpr -> {
        Figured otherwise = figure(caseExpr.defresult());
        yield otherwise != null && otherwise.good ? otherwise : new Figured("case", false);
      }
      case AArrayExpr array -> good("array");
      case RowExpr row -> good("row");
      case CoalesceExpr coalesce -> good("coalesce");
      case MinMaxExpr minMax -> good(minMax.greatest() ? "greatest" : "least");
      case SqlValueFunction function -> good(figureValueFunction(function));
      case null, default -> null;
    };
  }

  private static Figured good(String name) {
    return new Figured(name, true);
  }

  private static @Nullable Figured figureIndirection(AIndirection indirection) {
    for (Indirection step : indirection.indirection().reversed()) {
      if (step instanceof Indirection.Field field) {
        return good(field.name());
      }
    }
    return figure(indirection.arg());
  }

  private static Figured figureCast(TypeCast cast) {
    Figured arg = figure(cast.arg());
    return arg != null && arg.good ? arg : new Figured(cast.typeName().names().getLast(), false);
  }

  private static @Nullable Figured figureSubLink(SubLink sublink) {
    return switch (sublink.type()) {
      case EXISTS -> good("exists");
      case ARRAY -> good("array");
      case EXPR -> {
        if (sublink.subselect().targetList().isEmpty()) {
          yield null;
        }
        ResTarget target = sublink.subselect().targetList().getFirst();
        yield good(target.name() == null ? figureName(target.val()) : target.name());
      }
      case ALL, ANY -> null;
    };
  }

  private static String figureValueFunction(SqlValueFunction function) {
    String name = function.op().name().toLowerCase(Locale.ROOT);
    return name.endsWith("_n") ? name.substring(0, name.length() - 2) : name;
  }
}
