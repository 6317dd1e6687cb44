package dev.lifeline.parser.func;

import dev.lifeline.executor.expr.ArrayExpr;
import dev.lifeline.executor.expr.BoolExpr;
import dev.lifeline.executor.expr.BooleanTest;
import dev.lifeline.executor.expr.CaseExpr;
import dev.lifeline.executor.expr.CaseTestExpr;
import dev.lifeline.executor.expr.CoalesceExpr;
import dev.lifeline.executor.expr.Const;
import dev.lifeline.executor.expr.Expression;
import dev.lifeline.executor.expr.FuncExpr.Form;
import dev.lifeline.executor.expr.MinMaxExpr;
import dev.lifeline.executor.expr.NullTest;
import dev.lifeline.executor.expr.ParseLoc;
import dev.lifeline.executor.expr.RowExpr;
import dev.lifeline.executor.expr.SubscriptingRef;
import dev.lifeline.parser.Parser;
import dev.lifeline.parser.analyze.TypeNames;
import dev.lifeline.parser.tree.AArrayExpr;
import dev.lifeline.parser.tree.AConst;
import dev.lifeline.parser.tree.AExpr;
import dev.lifeline.parser.tree.AIndices;
import dev.lifeline.parser.tree.AIndirection;
import dev.lifeline.parser.tree.CaseWhen;
import dev.lifeline.parser.tree.Expr;
import dev.lifeline.parser.tree.ExprList;
import dev.lifeline.parser.tree.FuncCall;
import dev.lifeline.parser.tree.Indirection;
import dev.lifeline.parser.tree.NamedArgExpr;
import dev.lifeline.parser.tree.TypeCast;
import dev.lifeline.parser.tree.Value;
import dev.lifeline.utils.adt.EvalContext;
import dev.lifeline.utils.adt.FormatType;
import dev.lifeline.utils.adt.PgType;
import dev.lifeline.utils.adt.Text;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.adt.Values;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Just enough analysis for tests of expressions over constants, so that this room is tested by
/// itself.
public final class ExpressionReader {
  private final EvalContext context;
  private final ParseCoerce coerce;
  private final ParseOper oper;
  private final ParseFunc func;

  public ExpressionReader(EvalContext context) {
    this.context = context;
    this.coerce = new ParseCoerce(context, ParamTypes.FIXED);
    this.oper = new ParseOper(coerce);
    this.func = new ParseFunc(coerce, context);
  }

  public Expression read(String text) {
    return read(Parser.parseExpression(text));
  }

  private Expression read(Expr expr) {
    return switch (expr) {
      case AConst e -> constant(e);
      case TypeCast e -> cast(e);
      case AExpr e -> operator(e);
      case FuncCall e -> call(e);
      case AArrayExpr e -> array(e, 0);
      case AIndirection e -> subscripts(e);
      case dev.lifeline.parser.tree.BoolExpr e ->
          new BoolExpr(
              BoolExpr.Kind.valueOf(e.op().name()),
              e.args().stream().map(a -> coerce.toBoolean(read(a), e.op().name())).toList(),
              ParseLoc.NONE);
      case dev.lifeline.parser.tree.NullTest e ->
          new NullTest(read(e.arg()), !e.not(), ParseLoc.NONE);
      case dev.lifeline.parser.tree.BooleanTest e ->
          new BooleanTest(
              coerce.toBoolean(read(e.arg()), "IS TRUE"),
              BooleanTest.Kind.valueOf(e.type().name()),
              ParseLoc.NONE);
      case dev.lifeline.parser.tree.CaseExpr e -> caseExpr(e);
      case dev.lifeline.parser.tree.CoalesceExpr e -> {
        List<Expression> args = coerce.toCommon(readAll(e.args()), "COALESCE");
        yield new CoalesceExpr(args.getFirst().type(), -1, args, ParseLoc.NONE);
      }
      case dev.lifeline.parser.tree.MinMaxExpr e -> {
        String name = e.greatest() ? "GREATEST" : "LEAST";
        List<Expression> args = coerce.toCommon(readAll(e.args()), name);
        yield new MinMaxExpr(e.greatest(), args.getFirst().type(), -1, args, ParseLoc.NONE);
      }
      case dev.lifeline.parser.tree.RowExpr e ->
          new RowExpr(Types.RECORD, readAll(e.args()), ParseLoc.NONE);
      default -> throw new UnsupportedOperationException(expr.toString());
    };
  }

  private List<Expression> readAll(List<Expr> list) {
    return list.stream().map(this::read).toList();
  }

  private Expression constant(AConst e) {
    return switch (e.value()) {
      case Value.Int v -> Const.of(Types.INT4, (long) v.value());
      case Value.Numeric v -> number(v.digits());
      case Value.Bool v -> Const.of(Types.BOOL, v.value() ? 1L : 0L);
      case Value.Str v -> Const.of(Types.UNKNOWN, Text.of(v.value()));
      case Value.Null v -> Const.nullOf(Types.UNKNOWN);
      case Value.BitStr v -> throw PgException.notSupported("type bit");
    };
  }

  private Expression number(String digits) {
    try {
      return Const.of(Types.INT8, Long.valueOf(digits));
    } catch (NumberFormatException notLong) {
      PgType numeric = Types.get(Types.NUMERIC);
      return Const.of(Types.NUMERIC, Values.read(numeric, digits, context));
    }
  }

  private Expression cast(TypeCast e) {
    TypeNames.Resolved type = TypeNames.builtin(e.typeName());
    Expression arg =
        e.arg() instanceof AArrayExpr array && Types.elementOf(type.oid()) != 0
            ? array(array, type.oid())
            : read(e.arg());
    Expression result =
        coerce.toTarget(
            arg, type.oid(), type.typmod(), CoercionContext.EXPLICIT, Form.EXPLICIT_CAST, -1);
    if (result == null) {
      throw PgException.error(
          SqlState.CANNOT_COERCE,
          "cannot cast type %s to %s",
          FormatType.name(arg.type()),
          FormatType.name(type.oid()));
    }
    return result;
  }

  private Expression operator(AExpr e) {
    Expr l = e.lexpr();
    Expr r = java.util.Objects.requireNonNull(e.rexpr());
    String name = e.name().isEmpty() ? "" : e.name().getLast();
    Expression left = l == null ? null : read(l);
    return switch (e.kind()) {
      case OP -> oper.op(name, left, read(r), -1);
      case LIKE, ILIKE, SIMILAR ->
          oper.op(name, java.util.Objects.requireNonNull(left), read(r), -1);
      case OP_ANY ->
          oper.scalarArray(name, true, java.util.Objects.requireNonNull(left), read(r), -1);
      case OP_ALL ->
          oper.scalarArray(name, false, java.util.Objects.requireNonNull(left), read(r), -1);
      case DISTINCT -> oper.distinct(java.util.Objects.requireNonNull(left), read(r), false, -1);
      case NOT_DISTINCT -> oper.distinct(java.util.Objects.requireNonNull(left), read(r), true, -1);
      case NULLIF -> oper.nullIf(java.util.Objects.requireNonNull(left), read(r), -1);
      case IN -> in(name, java.util.Objects.requireNonNull(left), ((ExprList) r).items());
      case BETWEEN, NOT_BETWEEN ->
          between(e, java.util.Objects.requireNonNull(left), ((ExprList) r).items());
      case BETWEEN_SYM, NOT_BETWEEN_SYM -> throw new UnsupportedOperationException(e.toString());
    };
  }

  private Expression in(String name, Expression left, List<Expr> items) {
    List<Expression> values = new ArrayList<>(readAll(items));
    List<Expression> all = new ArrayList<>(values);
    all.addFirst(left);
    int type = ParseCoerce.commonType(all, "IN");
    List<Expression> elements = values.stream().map(v -> coerce.toCommon(v, type, "IN")).toList();
    ArrayExpr array = new ArrayExpr(Types.arrayOf(type), type, false, elements, ParseLoc.NONE);
    return oper.scalarArray(name, name.equals("="), left, array, -1);
  }

  private Expression between(AExpr e, Expression left, List<Expr> bounds) {
    boolean not = e.kind() == AExpr.Kind.NOT_BETWEEN;
    Expression low = oper.op(not ? "<" : ">=", left, read(bounds.get(0)), -1);
    Expression high = oper.op(not ? ">" : "<=", left, read(bounds.get(1)), -1);
    return new BoolExpr(
        not ? BoolExpr.Kind.OR : BoolExpr.Kind.AND, List.of(low, high), ParseLoc.NONE);
  }

  private Expression call(FuncCall e) {
    List<Expression> args = new ArrayList<>();
    List<@Nullable String> names = new ArrayList<>();
    for (Expr arg : e.args()) {
      boolean named = arg instanceof NamedArgExpr;
      names.add(named ? ((NamedArgExpr) arg).name() : null);
      args.add(read(named ? ((NamedArgExpr) arg).arg() : arg));
    }
    String schema = e.funcname().size() > 1 ? e.funcname().getFirst() : null;
    ParseFunc.Resolved resolved =
        func.resolve(schema, e.funcname().getLast(), args, names, e.funcVariadic(), -1);
    return switch (resolved) {
      case ParseFunc.Function f -> f.toExpr();
      case ParseFunc.Cast c -> c.expression();
    };
  }

  private Expression array(AArrayExpr e, int arrayType) {
    boolean nested = !e.elements().isEmpty() && e.elements().getFirst() instanceof AArrayExpr;
    List<Expression> elements = new ArrayList<>();
    for (Expr element : e.elements()) {
      elements.add(element instanceof AArrayExpr inner ? array(inner, arrayType) : read(element));
    }
    if (arrayType == 0 && elements.isEmpty()) {
      throw PgException.error(
          SqlState.INDETERMINATE_DATATYPE, "cannot determine type of empty array");
    }
    int type =
        arrayType != 0
            ? (nested ? arrayType : Types.elementOf(arrayType))
            : ParseCoerce.commonType(elements, "ARRAY");
    List<Expression> converted = new ArrayList<>();
    for (Expression element : elements) {
      converted.add(
          arrayType == 0
              ? coerce.toCommon(element, type, "ARRAY")
              : coerce.toTarget(
                  element, type, -1, CoercionContext.EXPLICIT, Form.EXPLICIT_CAST, -1));
    }
    boolean ofArrays = Types.elementOf(type) != 0;
    int elementType = ofArrays ? Types.elementOf(type) : type;
    return new ArrayExpr(
        Types.arrayOf(elementType), elementType, ofArrays, converted, ParseLoc.NONE);
  }

  private Expression subscripts(AIndirection e) {
    Expression container = read(e.arg());
    boolean slice = false;
    List<SubscriptingRef.Subscript> list = new ArrayList<>();
    for (Indirection step : e.indirection()) {
      AIndices indices = (AIndices) step;
      slice |= indices.isSlice();
    }
    for (Indirection step : e.indirection()) {
      AIndices indices = (AIndices) step;
      Expression lower = indices.lidx() == null ? null : index(indices.lidx());
      if (slice && !indices.isSlice()) {
        lower = Const.of(Types.INT4, 1L);
      }
      list.add(
          new SubscriptingRef.Subscript(
              lower, indices.uidx() == null ? null : index(indices.uidx())));
    }
    int type = slice ? container.type() : Types.elementOf(container.type());
    return new SubscriptingRef(type, -1, container, slice, list, ParseLoc.NONE);
  }

  private Expression index(Expr expr) {
    return coerce.toSpecific(read(expr), Types.INT4, "array subscript");
  }

  private Expression caseExpr(dev.lifeline.parser.tree.CaseExpr e) {
    Expression arg = e.arg() == null ? null : read(e.arg());
    if (arg != null && arg.type() == Types.UNKNOWN) {
      arg = coerce.toCommon(arg, Types.TEXT, "CASE");
    }
    List<Expression> results = new ArrayList<>();
    List<Expression> conditions = new ArrayList<>();
    for (CaseWhen when : e.args()) {
      Expression condition = read(when.expr());
      conditions.add(
          arg == null
              ? coerce.toBoolean(condition, "CASE/WHEN")
              : oper.op("=", new CaseTestExpr(arg.type(), -1, ParseLoc.NONE), condition, -1));
      results.add(read(when.result()));
    }
    results.add(e.defresult() == null ? Const.nullOf(Types.UNKNOWN) : read(e.defresult()));
    int type = ParseCoerce.commonType(results.reversed(), "CASE");
    List<CaseExpr.When> whens = new ArrayList<>();
    for (int i = 0; i < conditions.size(); i++) {
      whens.add(
          new CaseExpr.When(conditions.get(i), coerce.toCommon(results.get(i), type, "CASE")));
    }
    return new CaseExpr(
        type, -1, arg, whens, coerce.toCommon(results.getLast(), type, "CASE"), ParseLoc.NONE);
  }
}
