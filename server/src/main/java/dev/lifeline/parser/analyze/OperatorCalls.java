package dev.lifeline.parser.analyze;

import dev.lifeline.executor.expr.ArrayExpr;
import dev.lifeline.executor.expr.BoolExpr;
import dev.lifeline.executor.expr.Expression;
import dev.lifeline.executor.expr.ParseLoc;
import dev.lifeline.executor.expr.RowExpr;
import dev.lifeline.executor.expr.Var;
import dev.lifeline.parser.func.ParseCoerce;
import dev.lifeline.parser.func.ParseOper;
import dev.lifeline.parser.func.SortOperators;
import dev.lifeline.parser.tree.AExpr;
import dev.lifeline.parser.tree.Expr;
import dev.lifeline.parser.tree.ExprList;
import dev.lifeline.parser.tree.SubLink;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Analyzes operators, and the forms that are made of operators: IN, BETWEEN, LIKE, ANY, rows that
/// are compared.
final class OperatorCalls {
  private final ExpressionAnalyzer expressions;
  private final ParseCoerce coerce;
  private final ParseOper resolver;

  OperatorCalls(ExpressionAnalyzer expressions, Analysis analysis) {
    this.expressions = expressions;
    this.coerce = analysis.coerce();
    this.resolver = analysis.operators();
  }

  Expression transform(AExpr op, ExprKind kind) {
    return switch (op.kind()) {
      case OP, LIKE, ILIKE, SIMILAR -> operator(op, kind);
      case OP_ANY -> array(op, kind, true);
      case OP_ALL -> array(op, kind, false);
      case DISTINCT -> distinct(op, kind, false);
      case NOT_DISTINCT -> distinct(op, kind, true);
      case NULLIF -> resolver.nullIf(left(op, kind), right(op, kind), op.location());
      case IN -> in(op, kind);
      case BETWEEN, NOT_BETWEEN, BETWEEN_SYM, NOT_BETWEEN_SYM -> between(op, kind);
    };
  }

  private Expression left(AExpr op, ExprKind kind) {
    return expressions.transform(required(op.lexpr()), kind);
  }

  private Expression right(AExpr op, ExprKind kind) {
    return expressions.transform(required(op.rexpr()), kind);
  }

  private static Expr required(@Nullable Expr expr) {
    if (expr == null) {
      throw new IllegalStateException("an operator without an operand");
    }
    return expr;
  }

  private Expression operator(AExpr op, ExprKind kind) {
    if (op.lexpr() == null) {
      return resolver.op(name(op.name(), op.location()), null, right(op, kind), op.location());
    }
    Expr l = required(op.lexpr());
    Expr r = required(op.rexpr());
    if (l instanceof dev.lifeline.parser.tree.RowExpr && r instanceof SubLink) {
      throw PgException.notSupported("a comparison of a row with a subquery").at(op.location());
    }
    return compare(
        op.name(), expressions.transform(l, kind), expressions.transform(r, kind), op.location());
  }

  private Expression compare(List<String> name, Expression l, Expression r, int location) {
    if (l instanceof RowExpr left && r instanceof RowExpr right) {
      return rows(name, left, right, location);
    }
    return binary(name, l, r, location);
  }

  Expression binary(List<String> name, Expression left, Expression right, int location) {
    return resolver.op(name(name, location), left, right, location);
  }

  private static String name(List<String> name, int location) {
    if (name.size() > 1 && !name.getFirst().equals("pg_catalog")) {
      throw PgException.error(
              SqlState.UNDEFINED_FUNCTION, "operator does not exist: %s", String.join(".", name))
          .at(location);
    }
    return name.getLast();
  }

  /// Rows are compared column by column; the first that differ decide.
  private Expression rows(List<String> name, RowExpr left, RowExpr right, int location) {
    int size = left.fields().size();
    if (size != right.fields().size()) {
      throw PgException.error(SqlState.SYNTAX_ERROR, "unequal number of entries in row expressions")
          .at(location);
    }
    return switch (name.getLast()) {
      case "=" -> fieldwise(BoolExpr.Kind.AND, name, left, right, location);
      case "<>" -> fieldwise(BoolExpr.Kind.OR, name, left, right, location);
      case "<", ">", "<=", ">=" -> lexicographic(name.getLast(), left, right, 0, location);
      default ->
          throw PgException.error(
                  SqlState.FEATURE_NOT_SUPPORTED,
                  "could not determine interpretation of row comparison operator %s",
                  name.getLast())
              .hint("Row comparison operators must be associated with btree operator families.")
              .at(location);
    };
  }

  private Expression fieldwise(
      BoolExpr.Kind kind, List<String> name, RowExpr left, RowExpr right, int location) {
    List<Expression> tests = new ArrayList<>();
    for (int i = 0; i < left.fields().size(); i++) {
      tests.add(
          coerce.toBoolean(
              compare(name, left.fields().get(i), right.fields().get(i), location),
              "row comparison"));
    }
    return tests.size() == 1 ? tests.getFirst() : new BoolExpr(kind, tests, ParseLoc.at(location));
  }

  private Expression lexicographic(
      String operator, RowExpr left, RowExpr right, int field, int location) {
    Expression l = left.fields().get(field);
    Expression r = right.fields().get(field);
    if (field == left.fields().size() - 1) {
      return binary(List.of(operator), l, r, location);
    }
    Expression decided = binary(List.of(operator.substring(0, 1)), l, r, location);
    Expression equal = binary(List.of("="), l, r, location);
    Expression rest = lexicographic(operator, left, right, field + 1, location);
    ParseLoc at = ParseLoc.at(location);
    return new BoolExpr(
        BoolExpr.Kind.OR,
        List.of(decided, new BoolExpr(BoolExpr.Kind.AND, List.of(equal, rest), at)),
        at);
  }

  private Expression array(AExpr op, ExprKind kind, boolean any) {
    return resolver.scalarArray(
        name(op.name(), op.location()), any, left(op, kind), right(op, kind), op.location());
  }

  private Expression distinct(AExpr op, ExprKind kind, boolean not) {
    Expression l = left(op, kind);
    Expression r = right(op, kind);
    if (l instanceof RowExpr || r instanceof RowExpr) {
      throw PgException.notSupported("IS DISTINCT FROM of rows").at(op.location());
    }
    return resolver.distinct(l, r, not, op.location());
  }

  /// `x IN (...)`: a comparison with an array of those items that are no columns, if there are
  /// several and they have a common type, and single comparisons with the rest.
  private Expression in(AExpr op, ExprKind kind) {
    boolean not = op.name().getLast().equals("<>");
    Expression l = left(op, kind);
    if (!(op.rexpr() instanceof ExprList list)) {
      throw new IllegalStateException("IN without a list");
    }
    List<Expression> constants = new ArrayList<>();
    List<Expression> others = new ArrayList<>();
    for (Expression item : expressions.transformAll(list.items(), kind)) {
      boolean hasColumn = item instanceof RowExpr || item.anyMatch(Var.class::isInstance);
      (hasColumn ? others : constants).add(item);
    }
    List<Expression> tests = new ArrayList<>();
    if (constants.size() > 1 && !(l instanceof RowExpr)) {
      Expression arrayTest = inArray(op, l, constants, not);
      if (arrayTest != null) {
        tests.add(arrayTest);
        constants = List.of();
      }
    }
    for (Expression item : constants) {
      tests.add(coerce.toBoolean(compare(op.name(), l, item, op.location()), "IN"));
    }
    for (Expression item : others) {
      tests.add(coerce.toBoolean(compare(op.name(), l, item, op.location()), "IN"));
    }
    return tests.size() == 1
        ? tests.getFirst()
        : new BoolExpr(
            not ? BoolExpr.Kind.AND : BoolExpr.Kind.OR, tests, ParseLoc.at(op.location()));
  }

  private @Nullable Expression inArray(
      AExpr op, Expression l, List<Expression> items, boolean not) {
    List<Expression> all = new ArrayList<>();
    all.add(l);
    all.addAll(items);
    int type = ParseCoerce.commonTypeOrZero(all);
    int array = type == 0 || type == Types.RECORD ? 0 : Types.arrayOf(type);
    if (array == 0) {
      return null;
    }
    List<Expression> elements =
        items.stream().map(item -> coerce.toCommon(item, type, "IN")).toList();
    ArrayExpr value = new ArrayExpr(array, type, false, elements, elements.getFirst().location());
    return resolver.scalarArray(name(op.name(), op.location()), !not, l, value, op.location());
  }

  private Expression between(AExpr op, ExprKind kind) {
    if (!(op.rexpr() instanceof ExprList list)) {
      throw new IllegalStateException("BETWEEN without bounds");
    }
    Expression value = left(op, kind);
    Expression low = expressions.transform(list.items().get(0), kind);
    Expression high = expressions.transform(list.items().get(1), kind);
    int at = op.location();
    return switch (op.kind()) {
      case BETWEEN -> inside(value, low, high, at);
      case NOT_BETWEEN -> outside(value, low, high, at);
      case BETWEEN_SYM ->
          new BoolExpr(
              BoolExpr.Kind.OR,
              List.of(inside(value, low, high, at), inside(value, high, low, at)),
              ParseLoc.at(at));
      default ->
          new BoolExpr(
              BoolExpr.Kind.AND,
              List.of(outside(value, low, high, at), outside(value, high, low, at)),
              ParseLoc.at(at));
    };
  }

  private Expression inside(Expression value, Expression low, Expression high, int at) {
    return new BoolExpr(
        BoolExpr.Kind.AND,
        List.of(binary(List.of(">="), value, low, at), binary(List.of("<="), value, high, at)),
        ParseLoc.at(at));
  }

  private Expression outside(Expression value, Expression low, Expression high, int at) {
    return new BoolExpr(
        BoolExpr.Kind.OR,
        List.of(binary(List.of("<"), value, low, at), binary(List.of(">"), value, high, at)),
        ParseLoc.at(at));
  }

  void requireOrdering(int type, int location) {
    SortOperators.of(type, location);
  }

  void requireEquality(int type, int location) {
    SortOperators.equality(type, location);
  }
}
