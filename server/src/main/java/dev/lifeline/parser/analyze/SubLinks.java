package dev.lifeline.parser.analyze;

import dev.lifeline.executor.expr.BoolExpr;
import dev.lifeline.executor.expr.Expression;
import dev.lifeline.executor.expr.ParseLoc;
import dev.lifeline.executor.expr.Var;
import dev.lifeline.parser.tree.Expr;
import dev.lifeline.parser.tree.RowExpr;
import dev.lifeline.parser.tree.SubLink;
import dev.lifeline.utils.adt.FormatType;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.ArrayList;
import java.util.List;

/// Analyzes subqueries in expressions.
final class SubLinks {
  private final ExpressionAnalyzer expressions;
  private final Analysis analysis;

  SubLinks(ExpressionAnalyzer expressions, Analysis analysis) {
    this.expressions = expressions;
    this.analysis = analysis;
  }

  Expression transform(SubLink sublink, ExprKind kind) {
    if (!kind.allowsSubqueries()) {
      throw PgException.error(
              SqlState.FEATURE_NOT_SUPPORTED, "cannot use subquery in %s", singular(kind))
          .at(sublink.location());
    }
    Query query =
        analysis.within(
            RecursionContext.SUBQUERY,
            () ->
                new SelectAnalyzer(new ParseState(analysis, expressions.state()))
                    .analyze(sublink.subselect()));
    ParseLoc at = ParseLoc.at(sublink.location());
    return switch (sublink.type()) {
      case EXISTS -> new SubLinkExpr(SubLinkExpr.Kind.EXISTS, query, Types.BOOL, -1, null, 0, at);
      case EXPR -> {
        Expression column = onlyColumn(query, sublink);
        yield new SubLinkExpr(
            SubLinkExpr.Kind.SCALAR, query, column.type(), column.typmod(), null, 0, at);
      }
      case ARRAY -> array(query, sublink);
      case ANY, ALL -> comparison(query, sublink, kind);
    };
  }

  private static String singular(ExprKind kind) {
    return switch (kind) {
      case CHECK -> "check constraint";
      case DEFAULT -> "DEFAULT expression";
      case GENERATED -> "column generation expression";
      case PREDICATE -> "index predicate";
      case TRANSFORM -> "transform expression";
      default -> "index expression";
    };
  }

  private static Expression onlyColumn(Query query, SubLink sublink) {
    if (query.outputs().size() != 1) {
      throw PgException.error(SqlState.SYNTAX_ERROR, "subquery must return only one column")
          .at(sublink.location());
    }
    return query.outputs().getFirst().expr();
  }

  private static Expression array(Query query, SubLink sublink) {
    int element = onlyColumn(query, sublink).type();
    int array = Types.arrayOf(element);
    if (array == 0) {
      throw PgException.error(
              SqlState.UNDEFINED_OBJECT,
              "could not find array type for data type %s",
              FormatType.name(element))
          .at(sublink.location());
    }
    return new SubLinkExpr(
        SubLinkExpr.Kind.ARRAY, query, array, -1, null, 0, ParseLoc.at(sublink.location()));
  }

  /// `x op ANY (subquery)` and `x op ALL (subquery)`; IN is `= ANY`, NOT IN its negation.
  private Expression comparison(Query query, SubLink sublink, ExprKind kind) {
    Expr raw = sublink.testexpr();
    if (raw == null) {
      throw new IllegalStateException("a comparison without a left side");
    }
    List<Expression> left =
        raw instanceof RowExpr row
            ? expressions.transformAll(row.args(), kind)
            : List.of(expressions.transform(raw, kind));
    List<Query.Output> columns = query.outputs();
    if (columns.size() != left.size()) {
      throw PgException.error(
              SqlState.SYNTAX_ERROR,
              columns.size() > left.size()
                  ? "subquery has too many columns"
                  : "subquery has too few columns")
          .at(sublink.location());
    }
    List<String> operator = sublink.operName().isEmpty() ? List.of("=") : sublink.operName();
    int range = analysis.newRangeId();
    List<Expression> tests = new ArrayList<>();
    for (int i = 0; i < left.size(); i++) {
      Expression column = columns.get(i).expr();
      Var right = new Var(range, i + 1, 0, column.type(), column.typmod(), ParseLoc.NONE);
      tests.add(
          expressions
              .coercions()
              .toBoolean(
                  expressions.operators().binary(operator, left.get(i), right, sublink.location()),
                  "ANY/ALL"));
    }
    if (tests.size() > 1 && !operator.getLast().equals("=")) {
      throw PgException.notSupported("a row comparison other than = with a subquery")
          .at(sublink.location());
    }
    Expression test =
        tests.size() == 1
            ? tests.getFirst()
            : new BoolExpr(BoolExpr.Kind.AND, tests, ParseLoc.NONE);
    SubLinkExpr.Kind form =
        sublink.type() == SubLink.Type.ANY ? SubLinkExpr.Kind.ANY : SubLinkExpr.Kind.ALL;
    return new SubLinkExpr(
        form, query, Types.BOOL, -1, test, range, ParseLoc.at(sublink.location()));
  }
}
