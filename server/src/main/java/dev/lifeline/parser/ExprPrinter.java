package dev.lifeline.parser;

import static dev.lifeline.parser.SqlText.join;
import static dev.lifeline.parser.SqlText.name;
import static dev.lifeline.parser.SqlText.operator;
import static dev.lifeline.parser.SqlText.opt;
import static dev.lifeline.parser.SqlText.optName;
import static dev.lifeline.parser.SqlText.parens;
import static dev.lifeline.parser.SqlText.qualified;
import static dev.lifeline.parser.SqlText.string;
import static dev.lifeline.parser.SqlText.when;
import static dev.lifeline.parser.SqlText.words;

import dev.lifeline.parser.tree.*;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Prints expressions. An operand that is more than a name, a constant or a call is put in
/// parentheses: they leave no trace in a tree.
final class ExprPrinter {
  private ExprPrinter() {}

  static String list(List<Expr> exprs) {
    return SqlText.list(exprs, ExprPrinter::expr);
  }

  static String parenthesized(List<Expr> exprs) {
    return parens(list(exprs));
  }

  static String optParenthesized(List<Expr> exprs) {
    return exprs.isEmpty() ? "" : parenthesized(exprs);
  }

  static String inParens(Expr expr) {
    return parens(expr(expr));
  }

  /// An expression as an operand.
  static String operand(@Nullable Expr expr) {
    if (expr == null) {
      return "";
    }
    return isAtomic(expr) ? expr(expr) : inParens(expr);
  }

  private static boolean isAtomic(Expr expr) {
    return switch (expr) {
      case AConst constant -> !isNegative(constant.value());
      case FuncCall call -> call.funcformat() == CoercionForm.EXPLICIT_CALL;
      case SubLink link -> link.testexpr() == null;
      case ColumnRef _,
          ParamRef _,
          TypeCast _,
          CaseExpr _,
          CoalesceExpr _,
          MinMaxExpr _,
          RowExpr _,
          AArrayExpr _,
          AIndirection _,
          SqlValueFunction _,
          GroupingFunc _ ->
          true;
      default -> false;
    };
  }

  private static boolean isNegative(Value value) {
    return switch (value) {
      case Value.Int number -> number.value() < 0;
      case Value.Numeric number -> number.digits().startsWith("-");
      default -> false;
    };
  }

  static String expr(Expr expr) {
    return switch (expr) {
      case AConst constant -> value(constant.value());
      case ColumnRef column -> column(column);
      case ParamRef param -> "$" + param.number();
      case AExpr operator -> aExpr(operator);
      case ExprList items -> parenthesized(items.items());
      case TypeCast cast ->
          "CAST(" + expr(cast.arg()) + " AS " + TypePrinter.type(cast.typeName()) + ")";
      case CollateClause collate ->
          join(operand(collate.arg()), "COLLATE", qualified(collate.collname()));
      case FuncCall call -> CallPrinter.call(call);
      case NamedArgExpr arg -> join(name(arg.name()), "=>", expr(arg.arg()));
      case AIndirection indirection ->
          inParens(indirection.arg()) + indirection(indirection.indirection());
      case AArrayExpr array -> "ARRAY[" + list(array.elements()) + "]";
      case BoolExpr bool -> bool(bool);
      case NullTest test -> join(operand(test.arg()), test.not() ? "IS NOT NULL" : "IS NULL");
      case BooleanTest test -> join(operand(test.arg()), SqlText.keyword(test.type()));
      case SubLink link -> subLink(link);
      case CaseExpr cases -> cases(cases);
      case CoalesceExpr coalesce -> "COALESCE" + parenthesized(coalesce.args());
      case MinMaxExpr minMax ->
          (minMax.greatest() ? "GREATEST" : "LEAST") + parenthesized(minMax.args());
      case RowExpr row -> when(!row.implicit(), "ROW") + parenthesized(row.args());
      case SqlValueFunction function -> sqlValueFunction(function);
      case GroupingFunc grouping -> "GROUPING" + parenthesized(grouping.args());
      case GroupingSet set -> groupingSet(set);
      case SetToDefault _ -> "DEFAULT";
      case CurrentOfExpr current -> "CURRENT OF " + name(current.cursorName());
      case MultiAssignRef ref -> expr(ref.source());
      case MergeSupportFunc _ -> "MERGE_ACTION()";
      case XmlExpr xml -> XmlPrinter.xml(xml);
      case XmlSerialize xml -> XmlPrinter.serialize(xml);
      case JsonIsPredicate json -> JsonPrinter.isPredicate(json);
      case JsonObjectConstructor json -> JsonPrinter.object(json);
      case JsonArrayConstructor json -> JsonPrinter.array(json);
      case JsonArrayQueryConstructor json -> JsonPrinter.arrayQuery(json);
      case JsonObjectAgg json -> JsonPrinter.objectAgg(json);
      case JsonArrayAgg json -> JsonPrinter.arrayAgg(json);
      case JsonParseExpr json -> JsonPrinter.parse(json);
      case JsonScalarExpr json -> "JSON_SCALAR" + inParens(json.expr());
      case JsonSerializeExpr json -> JsonPrinter.serialize(json);
      case JsonFuncExpr json -> JsonPrinter.function(json);
    };
  }

  static String value(Value value) {
    return switch (value) {
      case Value.Int number -> Integer.toString(number.value());
      case Value.Numeric number -> number.digits();
      case Value.Bool bool -> bool.value() ? "TRUE" : "FALSE";
      case Value.Str str -> string(str.value());
      case Value.BitStr bits -> bits.value().charAt(0) + string(bits.value().substring(1));
      case Value.Null _ -> "NULL";
    };
  }

  static String column(ColumnRef column) {
    if (!column.star()) {
      return qualified(column.fields());
    }
    return column.fields().isEmpty() ? "*" : qualified(column.fields()) + ".*";
  }

  static String indirection(List<Indirection> steps) {
    StringBuilder out = new StringBuilder();
    for (Indirection step : steps) {
      switch (step) {
        case Indirection.Field field -> out.append('.').append(name(field.name()));
        case Indirection.Star _ -> out.append(".*");
        case AIndices indices -> out.append('[').append(indices(indices)).append(']');
      }
    }
    return out.toString();
  }

  private static String indices(AIndices indices) {
    Expr lower = indices.lidx();
    Expr upper = indices.uidx();
    String end = upper == null ? "" : expr(upper);
    if (!indices.isSlice()) {
      return end;
    }
    return (lower == null ? "" : expr(lower)) + " : " + end;
  }

  private static String bool(BoolExpr bool) {
    if (bool.op() == BoolExpr.Op.NOT) {
      return "NOT " + operand(bool.args().get(0));
    }
    return String.join(
        " " + bool.op() + " ", bool.args().stream().map(ExprPrinter::operand).toList());
  }

  private static String aExpr(AExpr expr) {
    String left = operand(expr.lexpr());
    Expr right = expr.rexpr();
    String op = operator(expr.name());
    boolean not = expr.name().get(0).startsWith("!");
    return switch (expr.kind()) {
      case OP -> join(left, op, operand(right));
      case OP_ANY -> join(left, op, "ANY", right == null ? "" : inParens(right));
      case OP_ALL -> join(left, op, "ALL", right == null ? "" : inParens(right));
      case DISTINCT -> join(left, "IS DISTINCT FROM", operand(right));
      case NOT_DISTINCT -> join(left, "IS NOT DISTINCT FROM", operand(right));
      case NULLIF -> "NULLIF(" + left + ", " + operand(right) + ")";
      case IN -> join(left, op.equals("<>") ? "NOT IN" : "IN", right == null ? "" : expr(right));
      case LIKE -> join(left, not ? "NOT LIKE" : "LIKE", operand(right));
      case ILIKE -> join(left, not ? "NOT ILIKE" : "ILIKE", operand(right));
      case SIMILAR -> join(left, not ? "NOT SIMILAR TO" : "SIMILAR TO", similarPattern(right));
      case BETWEEN, NOT_BETWEEN, BETWEEN_SYM, NOT_BETWEEN_SYM -> {
        List<Expr> bounds = ((ExprList) Objects.requireNonNull(right)).items();
        yield join(left, expr.name().get(0), operand(bounds.get(0)), "AND", operand(bounds.get(1)));
      }
    };
  }

  /// The pattern of SIMILAR TO stands in a call that the grammar puts around it.
  private static String similarPattern(@Nullable Expr right) {
    if (!(right instanceof FuncCall call)) {
      return operand(right);
    }
    String escape = call.args().size() > 1 ? "ESCAPE " + operand(call.args().get(1)) : "";
    return join(operand(call.args().get(0)), escape);
  }

  private static String subLink(SubLink link) {
    String query = parens(QueryPrinter.select(link.subselect()));
    String test = operand(link.testexpr());
    return switch (link.type()) {
      case EXISTS -> "EXISTS " + query;
      case EXPR -> query;
      case ARRAY -> "ARRAY" + query;
      case ALL -> join(test, operator(link.operName()), "ALL", query);
      case ANY ->
          link.operName().isEmpty()
              ? join(test, "IN", query)
              : join(test, operator(link.operName()), "ANY", query);
    };
  }

  private static String cases(CaseExpr cases) {
    return join(
        "CASE",
        opt("", cases.arg(), ExprPrinter::expr),
        words(cases.args(), when -> join("WHEN", expr(when.expr()), "THEN", expr(when.result()))),
        opt("ELSE", cases.defresult(), ExprPrinter::expr),
        "END");
  }

  private static String sqlValueFunction(SqlValueFunction function) {
    String op = function.op().name();
    return op.endsWith("_N")
        ? op.substring(0, op.length() - 2) + "(" + function.typmod() + ")"
        : op;
  }

  private static String groupingSet(GroupingSet set) {
    String content = parenthesized(set.content());
    return switch (set.kind()) {
      case EMPTY -> "()";
      case ROLLUP -> "ROLLUP " + content;
      case CUBE -> "CUBE " + content;
      case SETS -> "GROUPING SETS " + content;
    };
  }

  // ---- windows and order

  static String sortBy(SortBy item) {
    String direction =
        switch (item.dir()) {
          case DEFAULT -> "";
          case ASC -> "ASC";
          case DESC -> "DESC";
          case USING -> "USING " + operator(item.useOp());
        };
    return join(operand(item.node()), direction, nulls(item.nulls()));
  }

  static String nulls(SortByNulls nulls) {
    return switch (nulls) {
      case DEFAULT -> "";
      case FIRST -> "NULLS FIRST";
      case LAST -> "NULLS LAST";
    };
  }

  static String orderBy(List<SortBy> items) {
    return items.isEmpty() ? "" : "ORDER BY " + SqlText.list(items, ExprPrinter::sortBy);
  }

  static String window(WindowDef window) {
    return parens(
        join(
            optName("", window.refname()),
            when(!window.partitionClause().isEmpty(), "PARTITION BY"),
            list(window.partitionClause()),
            orderBy(window.orderClause()),
            opt("", window.frame(), ExprPrinter::frame)));
  }

  /// `over_clause`
  static String over(@Nullable WindowDef window) {
    if (window == null) {
      return "";
    }
    String name = window.name();
    return name == null ? "OVER " + window(window) : "OVER " + name(name);
  }

  private static String frame(WindowFrame frame) {
    String start = bound(frame.start(), frame.startOffset());
    return join(
        frame.mode().name(),
        frame.between()
            ? join("BETWEEN", start, "AND", bound(frame.end(), frame.endOffset()))
            : start,
        switch (frame.exclusion()) {
          case NONE -> "";
          case CURRENT_ROW -> "EXCLUDE CURRENT ROW";
          case GROUP -> "EXCLUDE GROUP";
          case TIES -> "EXCLUDE TIES";
        });
  }

  private static String bound(WindowFrame.Bound bound, @Nullable Expr offset) {
    return switch (bound) {
      case UNBOUNDED_PRECEDING -> "UNBOUNDED PRECEDING";
      case OFFSET_PRECEDING -> join(operand(offset), "PRECEDING");
      case CURRENT_ROW -> "CURRENT ROW";
      case OFFSET_FOLLOWING -> join(operand(offset), "FOLLOWING");
      case UNBOUNDED_FOLLOWING -> "UNBOUNDED FOLLOWING";
    };
  }
}
