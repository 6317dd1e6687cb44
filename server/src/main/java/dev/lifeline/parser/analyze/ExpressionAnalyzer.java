package dev.lifeline.parser.analyze;

import dev.lifeline.catalog.Relation;
import dev.lifeline.executor.expr.ArrayExpr;
import dev.lifeline.executor.expr.BoolExpr;
import dev.lifeline.executor.expr.BooleanTest;
import dev.lifeline.executor.expr.CaseExpr;
import dev.lifeline.executor.expr.CaseTestExpr;
import dev.lifeline.executor.expr.CoalesceExpr;
import dev.lifeline.executor.expr.Const;
import dev.lifeline.executor.expr.ExprLocation;
import dev.lifeline.executor.expr.Expression;
import dev.lifeline.executor.expr.FuncExpr;
import dev.lifeline.executor.expr.GroupingExpr;
import dev.lifeline.executor.expr.MinMaxExpr;
import dev.lifeline.executor.expr.NullTest;
import dev.lifeline.executor.expr.ParseLoc;
import dev.lifeline.executor.expr.RowExpr;
import dev.lifeline.executor.expr.Var;
import dev.lifeline.parser.Parser;
import dev.lifeline.parser.analyze.Query.Output;
import dev.lifeline.parser.func.CoercionContext;
import dev.lifeline.parser.func.ParseCoerce;
import dev.lifeline.parser.tree.AArrayExpr;
import dev.lifeline.parser.tree.AConst;
import dev.lifeline.parser.tree.AExpr;
import dev.lifeline.parser.tree.AIndirection;
import dev.lifeline.parser.tree.CaseWhen;
import dev.lifeline.parser.tree.CollateClause;
import dev.lifeline.parser.tree.ColumnRef;
import dev.lifeline.parser.tree.CurrentOfExpr;
import dev.lifeline.parser.tree.Expr;
import dev.lifeline.parser.tree.FuncCall;
import dev.lifeline.parser.tree.GroupingFunc;
import dev.lifeline.parser.tree.NamedArgExpr;
import dev.lifeline.parser.tree.ParamRef;
import dev.lifeline.parser.tree.SetToDefault;
import dev.lifeline.parser.tree.SqlValueFunction;
import dev.lifeline.parser.tree.SubLink;
import dev.lifeline.parser.tree.TypeCast;
import dev.lifeline.utils.adt.FormatType;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Analyzes expressions: finds what their names mean, resolves operators and functions, and gives
/// every value a type.
final class ExpressionAnalyzer {
  private static final int GROUPING_ARGUMENTS_MAX = 31;

  private final ParseState state;
  private final Analysis analysis;
  private final ParseCoerce coerce;
  private final OperatorCalls operators;

  ExpressionAnalyzer(ParseState state) {
    this.state = state;
    this.analysis = state.analysis();
    this.coerce = analysis.coerce();
    this.operators = new OperatorCalls(this, analysis);
  }

  ParseState state() {
    return state;
  }

  OperatorCalls operators() {
    return operators;
  }

  ParseCoerce coercions() {
    return coerce;
  }

  Expression transform(Expr raw, ExprKind kind) {
    analysis.enter();
    try {
      return dispatch(raw, kind);
    } finally {
      analysis.leave();
    }
  }

  List<Expression> transformAll(List<Expr> raw, ExprKind kind) {
    List<Expression> result = new ArrayList<>(raw.size());
    for (Expr expr : raw) {
      result.add(transform(expr, kind));
    }
    return result;
  }

  private Expression dispatch(Expr raw, ExprKind kind) {
    return switch (raw) {
      case ColumnRef ref -> column(ref, kind);
      case AConst constant -> Literals.constant(constant, analysis.context());
      case ParamRef param -> analysis.parameters().reference(param.number(), param.location());
      case AExpr op -> operators.transform(op, kind);
      case dev.lifeline.parser.tree.BoolExpr bool -> bool(bool, kind);
      case dev.lifeline.parser.tree.NullTest test -> nullTest(test, kind);
      case dev.lifeline.parser.tree.BooleanTest test -> booleanTest(test, kind);
      case FuncCall call -> new FunctionCalls(this, analysis).transform(call, kind);
      case TypeCast cast -> cast(cast, kind);
      case dev.lifeline.parser.tree.CaseExpr caseExpr ->
          withoutSets(caseExpr(caseExpr, kind), "CASE");
      case dev.lifeline.parser.tree.CoalesceExpr coalesce ->
          withoutSets(coalesce(coalesce, kind), "COALESCE");
      case dev.lifeline.parser.tree.MinMaxExpr minMax -> minMax(minMax, kind);
      case SubLink sublink -> new SubLinks(this, analysis).transform(sublink, kind);
      case AArrayExpr array -> array(array, kind, 0, -1);
      case dev.lifeline.parser.tree.RowExpr row ->
          new RowExpr(Types.RECORD, transformAll(row.args(), kind), ParseLoc.at(row.location()));
      case SqlValueFunction function -> new FunctionCalls(this, analysis).valueFunction(function);
      case AIndirection indirection -> new Subscripts(this).transform(indirection, kind);
      case CollateClause collate -> collate(collate, kind);
      case SetToDefault def ->
          throw PgException.error(SqlState.SYNTAX_ERROR, "DEFAULT is not allowed in this context")
              .at(def.location());
      case NamedArgExpr named ->
          throw PgException.notSupported("named notation in a call").at(named.location());
      case GroupingFunc grouping -> grouping(grouping, kind);
      case CurrentOfExpr current ->
          throw PgException.notSupported("WHERE CURRENT OF").at(current.location());
      default -> throw PgException.notSupported(raw.getClass().getSimpleName()).at(raw.location());
    };
  }

  private Expression grouping(GroupingFunc grouping, ExprKind kind) {
    if (!kind.allowsAggregates()) {
      throw PgException.error(
              SqlState.GROUPING_ERROR, "grouping operations are not allowed in %s", kind.label())
          .at(grouping.location());
    }
    if (grouping.args().size() > GROUPING_ARGUMENTS_MAX) {
      throw PgException.error(
              SqlState.TOO_MANY_ARGUMENTS, "GROUPING must have fewer than 32 arguments")
          .at(grouping.location());
    }
    return new GroupingExpr(transformAll(grouping.args(), kind), ParseLoc.at(grouping.location()));
  }

  private Expression column(ColumnRef ref, ExprKind kind) {
    List<String> fields = ref.fields();
    if (ref.star()) {
      throw PgException.notSupported("a reference to a whole row").at(ref.location());
    }
    if (!kind.allowsColumns()) {
      throw noColumns(ref, kind);
    }
    String name = fields.getLast();
    if (fields.size() == 1) {
      Expression found = state.scope().column(name, ref.location());
      if (found != null) {
        return located(found, ref.location());
      }
      if (state.scope().item(null, name, ref.location()) != null) {
        throw PgException.notSupported("a reference to a whole row").at(ref.location());
      }
      throw state.scope().missingColumn(null, name, ref.location());
    }
    String table = fields.get(fields.size() - 2);
    String schema = fields.size() > 2 ? fields.get(fields.size() - 3) : null;
    Scope.Item item = state.scope().item(schema, table, ref.location());
    if (item == null) {
      throw state.scope().missingItem(schema, table, ref.location());
    }
    Expression found = Scope.columnOf(item, name, ref.location());
    if (found == null) {
      throw state.scope().missingColumn(table, name, ref.location());
    }
    return located(found, ref.location());
  }

  private static PgException noColumns(ColumnRef ref, ExprKind kind) {
    if (kind == ExprKind.DEFAULT) {
      return PgException.error(
              SqlState.FEATURE_NOT_SUPPORTED, "cannot use column reference in DEFAULT expression")
          .at(ref.location());
    }
    return PgException.error(
            SqlState.INVALID_COLUMN_REFERENCE,
            "argument of %s must not contain variables",
            kind.label())
        .at(ref.location());
  }

  /// The same column, written at another place.
  static Expression located(Expression expr, int location) {
    return expr instanceof Var var && location >= 0
        ? new Var(
            var.varno(),
            var.attno(),
            var.levelsUp(),
            var.type(),
            var.typmod(),
            ParseLoc.at(location))
        : expr;
  }

  private Expression bool(dev.lifeline.parser.tree.BoolExpr bool, ExprKind kind) {
    String name = bool.op().name();
    List<Expression> args = new ArrayList<>();
    for (Expr arg : bool.args()) {
      args.add(coerce.toBoolean(transform(arg, kind), name));
    }
    return new BoolExpr(BoolExpr.Kind.valueOf(name), args, ParseLoc.at(bool.location()));
  }

  private Expression nullTest(dev.lifeline.parser.tree.NullTest test, ExprKind kind) {
    Expression arg = transform(test.arg(), kind);
    if (arg instanceof RowExpr) {
      throw PgException.notSupported("IS NULL of a row").at(test.location());
    }
    return new NullTest(arg, !test.not(), ParseLoc.at(test.location()));
  }

  private Expression booleanTest(dev.lifeline.parser.tree.BooleanTest test, ExprKind kind) {
    String name = test.type().name().replace('_', ' ');
    Expression arg = coerce.toBoolean(transform(test.arg(), kind), name);
    return new BooleanTest(
        arg, BooleanTest.Kind.valueOf(test.type().name()), ParseLoc.at(test.location()));
  }

  private Expression cast(TypeCast cast, ExprKind kind) {
    TypeNames.Resolved type = analysis.type(cast.typeName());
    Expression arg;
    int element = Types.elementOf(type.oid());
    if (cast.arg() instanceof AArrayExpr array && element != 0) {
      arg = array(array, kind, element, type.typmod());
    } else {
      arg = transform(cast.arg(), kind);
    }
    return explicitCast(arg, type, cast.location() < 0 ? cast.arg().location() : cast.location());
  }

  private Expression explicitCast(Expression arg, TypeNames.Resolved type, int location) {
    Expression result =
        coerce.toTarget(
            arg,
            type.oid(),
            type.typmod(),
            CoercionContext.EXPLICIT,
            FuncExpr.Form.EXPLICIT_CAST,
            location);
    if (result == null) {
      throw PgException.error(
              SqlState.CANNOT_COERCE,
              "cannot cast type %s to %s",
              FormatType.name(arg.type()),
              FormatType.name(type.oid()))
          .at(location);
    }
    return result;
  }

  private Expression collate(CollateClause collate, ExprKind kind) {
    String name = collate.collname().getLast();
    if (collate.arg() == null || !List.of("C", "POSIX", "default", "ucs_basic").contains(name)) {
      throw PgException.error(
              SqlState.UNDEFINED_OBJECT,
              "collation \"%s\" for encoding \"UTF8\" does not exist",
              name)
          .at(collate.location());
    }
    return transform(collate.arg(), kind);
  }

  private Expression caseExpr(dev.lifeline.parser.tree.CaseExpr raw, ExprKind kind) {
    Expression arg = null;
    Expression test = null;
    if (raw.arg() != null) {
      arg = unknownToText(transform(raw.arg(), kind));
      test = new CaseTestExpr(arg.type(), arg.typmod(), ParseLoc.NONE);
    }
    List<Expression> conditions = new ArrayList<>();
    List<Expression> results = new ArrayList<>();
    for (CaseWhen when : raw.args()) {
      Expression condition = transform(when.expr(), kind);
      if (test != null) {
        condition = operators.binary(List.of("="), test, condition, when.location());
      }
      conditions.add(coerce.toBoolean(condition, "CASE/WHEN"));
      results.add(transform(when.result(), kind));
    }
    Expression otherwise =
        raw.defresult() == null ? Const.nullOf(Types.UNKNOWN) : transform(raw.defresult(), kind);
    List<Expression> all = new ArrayList<>();
    all.add(otherwise);
    all.addAll(results);
    List<Expression> unified = coerce.toCommon(all, "CASE");
    List<CaseExpr.When> whens = new ArrayList<>();
    for (int i = 0; i < conditions.size(); i++) {
      whens.add(new CaseExpr.When(conditions.get(i), unified.get(i + 1)));
    }
    int type = unified.getFirst().type();
    return new CaseExpr(
        type,
        ParseCoerce.commonTypmod(unified, type),
        arg,
        whens,
        unified.getFirst(),
        ParseLoc.at(raw.location()));
  }

  private Expression coalesce(dev.lifeline.parser.tree.CoalesceExpr raw, ExprKind kind) {
    List<Expression> args = coerce.toCommon(transformAll(raw.args(), kind), "COALESCE");
    int type = args.getFirst().type();
    return new CoalesceExpr(
        type, ParseCoerce.commonTypmod(args, type), args, ParseLoc.at(raw.location()));
  }

  /// How many rows there are must not depend on which branch is taken.
  private static Expression withoutSets(Expression expr, String construct) {
    for (Expression child : expr.children()) {
      withoutSets(child, construct);
    }
    if (expr.returnsSet()) {
      throw PgException.error(
              SqlState.FEATURE_NOT_SUPPORTED,
              "set-returning functions are not allowed in %s",
              construct)
          .at(expr.location().offset())
          .hint("You might be able to move the set-returning function into a LATERAL FROM item.");
    }
    return expr;
  }

  private Expression minMax(dev.lifeline.parser.tree.MinMaxExpr raw, ExprKind kind) {
    String name = raw.greatest() ? "GREATEST" : "LEAST";
    List<Expression> args = coerce.toCommon(transformAll(raw.args(), kind), name);
    int type = args.getFirst().type();
    return new MinMaxExpr(
        raw.greatest(),
        type,
        ParseCoerce.commonTypmod(args, type),
        args,
        ParseLoc.at(raw.location()));
  }

  /// `ARRAY[...]`, of a type that a cast around it tells, or else of its elements' common one.
  private Expression array(AArrayExpr raw, ExprKind kind, int castElement, int castTypmod) {
    List<Expression> elements = new ArrayList<>();
    boolean nested = false;
    for (Expr element : raw.elements()) {
      Expression value =
          element instanceof AArrayExpr inner
              ? array(inner, kind, castElement, castTypmod)
              : transform(element, kind);
      nested |= element instanceof AArrayExpr || Types.elementOf(value.type()) != 0;
      elements.add(value);
    }
    if (elements.isEmpty() && castElement == 0) {
      throw PgException.error(
              SqlState.INDETERMINATE_DATATYPE, "cannot determine type of empty array")
          .hint("Explicitly cast to the desired type, for example ARRAY[]::integer[].")
          .at(raw.location());
    }
    int element = castElement;
    if (castElement == 0) {
      element = ParseCoerce.commonType(elements, "ARRAY");
      elements = coerce.toCommon(elements, "ARRAY");
    } else if (!nested) {
      elements = castElements(elements, castElement, castTypmod);
    }
    int array = nested && Types.elementOf(element) != 0 ? element : Types.arrayOf(element);
    if (array == 0) {
      throw PgException.error(
              SqlState.UNDEFINED_OBJECT,
              "could not find array type for data type %s",
              FormatType.name(element))
          .at(raw.location());
    }
    int elementType = nested && Types.elementOf(element) != 0 ? Types.elementOf(element) : element;
    return new ArrayExpr(array, elementType, nested, elements, ParseLoc.at(raw.location()));
  }

  private List<Expression> castElements(List<Expression> elements, int type, int typmod) {
    List<Expression> result = new ArrayList<>();
    for (Expression element : elements) {
      result.add(
          explicitCast(element, new TypeNames.Resolved(type, typmod), ExprLocation.of(element)));
    }
    return result;
  }

  /// A boolean that decides about rows: WHERE, HAVING, JOIN/ON, ....
  Expression condition(Expr raw, ExprKind kind, String name) {
    return coerce.toBoolean(transform(raw, kind), name);
  }

  Expression coerceClause(Expression expr, int type, String name) {
    return coerce.toSpecific(expr, type, name);
  }

  /// Brings expressions to one type.
  List<Expression> unify(List<Expression> expressions, String construct) {
    return coerce.toCommon(expressions, construct);
  }

  Expression coerce(Expression expr, int type, int typmod) {
    Expression result =
        coerce.toTarget(
            expr, type, typmod, CoercionContext.IMPLICIT, FuncExpr.Form.IMPLICIT_CAST, -1);
    if (result == null) {
      throw PgException.error(
              SqlState.CANNOT_COERCE,
              "cannot cast type %s to %s",
              FormatType.name(expr.type()),
              FormatType.name(type))
          .at(ExprLocation.of(expr));
    }
    return result;
  }

  Expression unknownToText(Expression expr) {
    return expr.type() == Types.UNKNOWN ? coerce(expr, Types.TEXT, -1) : expr;
  }

  /// What nothing gave a type is text in the end.
  void resolveUnknowns(List<Output> outputs) {
    for (int i = 0; i < outputs.size(); i++) {
      Output output = outputs.get(i);
      if (output.expr().type() == Types.UNKNOWN) {
        outputs.set(i, SortClauses.withExpr(output, unknownToText(output.expr())));
      }
    }
  }

  /// A value for a column of a table.
  Expression assign(Expression value, Relation.Column column, int location) {
    Expression result =
        coerce.toTarget(
            value,
            column.typeOid(),
            column.typmod(),
            CoercionContext.ASSIGNMENT,
            FuncExpr.Form.IMPLICIT_CAST,
            -1);
    if (result == null) {
      throw PgException.error(
              SqlState.DATATYPE_MISMATCH,
              "column \"%s\" is of type %s but expression is of type %s",
              column.name(),
              FormatType.name(column.typeOid()),
              FormatType.name(value.type()))
          .hint("You will need to rewrite or cast the expression.")
          .at(location);
    }
    return result;
  }

  Expression equal(Expression left, Expression right, String construct) {
    return coerce.toBoolean(operators.binary(List.of("="), left, right, -1), construct);
  }

  @Nullable Expression and(List<Expression> conditions) {
    return switch (conditions.size()) {
      case 0 -> null;
      case 1 -> conditions.getFirst();
      default -> new BoolExpr(BoolExpr.Kind.AND, conditions, ParseLoc.NONE);
    };
  }

  /// The default of a column, from the text that the catalog keeps.
  Expression newDefault(Expr raw, ExprKind kind, Relation.Column column) {
    Expression value = transform(raw, kind);
    Expression result =
        coerce.toTarget(
            value,
            column.typeOid(),
            column.typmod(),
            CoercionContext.ASSIGNMENT,
            FuncExpr.Form.IMPLICIT_CAST,
            -1);
    if (result == null) {
      throw PgException.error(
              SqlState.DATATYPE_MISMATCH,
              "column \"%s\" is of type %s but default expression is of type %s",
              column.name(),
              FormatType.name(column.typeOid()),
              FormatType.name(value.type()))
          .hint("You will need to rewrite or cast the expression.");
    }
    return result;
  }

  /// The value as a column's, or null where it cannot be assigned to that.
  @Nullable Expression assignable(Expr raw, ExprKind kind, Relation.Column column) {
    return coerce.toTarget(
        transform(raw, kind),
        column.typeOid(),
        column.typmod(),
        CoercionContext.ASSIGNMENT,
        FuncExpr.Form.IMPLICIT_CAST,
        -1);
  }

  Expression storedDefault(String source, Relation.Column column) {
    Expr raw = Parser.parseExpression(source);
    return assign(transform(raw, ExprKind.DEFAULT), column, -1);
  }

  void requireOrdering(int type, int location) {
    operators.requireOrdering(type, location);
  }

  void requireEquality(int type, int location) {
    operators.requireEquality(type, location);
  }
}
