package dev.lifeline.executor;

import dev.lifeline.executor.expr.Aggref;
import dev.lifeline.executor.expr.ArrayCoerceExpr;
import dev.lifeline.executor.expr.ArrayExpr;
import dev.lifeline.executor.expr.BoolExpr;
import dev.lifeline.executor.expr.BooleanTest;
import dev.lifeline.executor.expr.CaseExpr;
import dev.lifeline.executor.expr.CaseTestExpr;
import dev.lifeline.executor.expr.CoalesceExpr;
import dev.lifeline.executor.expr.CoerceViaIo;
import dev.lifeline.executor.expr.Const;
import dev.lifeline.executor.expr.DistinctExpr;
import dev.lifeline.executor.expr.Expression;
import dev.lifeline.executor.expr.FuncExpr;
import dev.lifeline.executor.expr.GroupingExpr;
import dev.lifeline.executor.expr.MinMaxExpr;
import dev.lifeline.executor.expr.NullIfExpr;
import dev.lifeline.executor.expr.NullTest;
import dev.lifeline.executor.expr.OpExpr;
import dev.lifeline.executor.expr.RelabelType;
import dev.lifeline.executor.expr.RowExpr;
import dev.lifeline.executor.expr.ScalarArrayOpExpr;
import dev.lifeline.executor.expr.SetToDefault;
import dev.lifeline.executor.expr.SortKey;
import dev.lifeline.executor.expr.SubscriptingRef;
import dev.lifeline.executor.expr.Var;
import dev.lifeline.executor.expr.WindowFunc;
import dev.lifeline.parser.analyze.SubLinkExpr;
import dev.lifeline.utils.adt.EvalContext;
import dev.lifeline.utils.adt.FormatType;
import dev.lifeline.utils.adt.QuoteIdent;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.adt.Values;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.fmgr.BootstrapCatalog;
import dev.lifeline.utils.fmgr.PgOperator;
import dev.lifeline.utils.fmgr.PgProc;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Writes analyzed expressions as PostgreSQL's deparser writes those of views, defaults, checks and
/// indexes: with all parentheses, or pretty, with those only that a reader needs.
class RuleExpressions {
  private final EvalContext context;
  final RuleText text;

  RuleExpressions(EvalContext context, RuleText text) {
    this.context = context;
    this.text = text;
  }

  final EvalContext context() {
    return context;
  }

  /// Writes a column.
  void column(Var var) {
    throw PgException.notSupported("a column in this definition");
  }

  void subquery(SubLinkExpr link) {
    throw PgException.notSupported("a subquery in this definition");
  }

  void window(int number) {
    throw PgException.notSupported("a window function in this definition");
  }

  /// @param implicit whether a cast that nobody wrote is shown
  final void write(Expression expr, boolean implicit) {
    switch (expr) {
      case Var var -> column(var);
      case Const constant -> constant(constant, 0);
      case OpExpr op -> operator(op);
      case BoolExpr bool -> bool(bool);
      case FuncExpr call -> function(call, implicit);
      case Aggref aggregate -> aggregate(aggregate);
      case GroupingExpr grouping -> call("GROUPING", grouping.args());
      case WindowFunc call -> windowFunction(call);
      case NullTest test -> test(test, test.arg(), true, test.isNull() ? "NULL" : "NOT NULL");
      case BooleanTest test ->
          test(test, test.arg(), false, test.kind().name().substring(3).replace('_', ' '));
      case RelabelType cast -> cast(cast.arg(), cast, cast.form(), implicit);
      case CoerceViaIo cast -> cast(cast.arg(), cast, cast.form(), implicit);
      case ArrayCoerceExpr cast -> cast(cast.arg(), cast, cast.form(), implicit);
      case CoalesceExpr coalesce -> call("COALESCE", coalesce.args());
      case MinMaxExpr minMax -> call(minMax.greatest() ? "GREATEST" : "LEAST", minMax.args());
      case NullIfExpr nullIf -> call("NULLIF", List.of(nullIf.left(), nullIf.right()));
      case DistinctExpr distinct -> distinct(distinct);
      case ArrayExpr array -> array(array);
      case RowExpr row -> call("ROW", row.fields());
      case ScalarArrayOpExpr op -> arrayOperator(op);
      case CaseExpr caseExpr -> caseExpr(caseExpr);
      case SubscriptingRef subscript -> subscript(subscript);
      case SubLinkExpr link -> subquery(link);
      case SetToDefault _ -> text.add("DEFAULT");
      default -> throw PgException.notSupported("the text of " + expr.getClass().getSimpleName());
    }
  }

  private void list(List<Expression> expressions) {
    String separator = "";
    for (Expression expr : expressions) {
      text.add(separator);
      write(expr, true);
      separator = ", ";
    }
  }

  private void call(String name, List<Expression> args) {
    text.add(name).add("(");
    list(args);
    text.add(")");
  }

  private void open() {
    if (!text.pretty()) {
      text.add("(");
    }
  }

  private void close() {
    if (!text.pretty()) {
      text.add(")");
    }
  }

  final void operand(Expression expr, boolean implicit, Expression parent) {
    boolean parentheses = text.pretty() && !RuleParentheses.isSimple(expr, parent);
    text.add(parentheses ? "(" : "");
    write(expr, implicit);
    text.add(parentheses ? ")" : "");
  }

  static String operatorName(int oid) {
    PgOperator operator = BootstrapCatalog.operator(oid);
    if (operator == null) {
      throw new IllegalStateException("no operator " + oid);
    }
    return operator.name();
  }

  private void operator(OpExpr op) {
    open();
    int last = op.args().size() - 1;
    if (last == 1) {
      operand(op.args().getFirst(), true, op);
      text.add(" ");
    }
    text.add(operatorName(op.operator())).add(" ");
    operand(op.args().get(last), true, op);
    close();
  }

  private void bool(BoolExpr bool) {
    open();
    String separator = bool.kind() == BoolExpr.Kind.NOT ? "NOT " : "";
    for (Expression arg : bool.args()) {
      text.add(separator);
      operand(arg, false, bool);
      separator = " " + bool.kind() + " ";
    }
    close();
  }

  private void test(Expression test, Expression arg, boolean implicit, String what) {
    open();
    operand(arg, implicit, test);
    text.add(" IS ").add(what);
    close();
  }

  private void distinct(DistinctExpr distinct) {
    // IS NOT DISTINCT FROM is shown as the negation that PostgreSQL has read it as.
    if (distinct.not()) {
      open();
      text.add("NOT ");
    }
    open();
    operand(distinct.left(), true, distinct);
    text.add(" IS DISTINCT FROM ");
    operand(distinct.right(), true, distinct);
    close();
    if (distinct.not()) {
      close();
    }
  }

  private void arrayOperator(ScalarArrayOpExpr op) {
    open();
    operand(op.scalar(), true, op);
    text.add(" ").add(operatorName(op.operator())).add(op.useOr() ? " ANY (" : " ALL (");
    operand(op.array(), true, op);
    text.add(")");
    close();
  }

  private void array(ArrayExpr array) {
    text.add("ARRAY[");
    list(array.elements());
    text.add("]");
    if (array.elements().isEmpty()) {
      text.add("::").add(FormatType.name(array.type()));
    }
  }

  private void subscript(SubscriptingRef subscript) {
    boolean parentheses = !(subscript.container() instanceof Var);
    text.add(parentheses ? "(" : "");
    write(subscript.container(), false);
    text.add(parentheses ? ")" : "");
    for (SubscriptingRef.Subscript one : subscript.subscripts()) {
      text.add("[");
      Expression lower = one.lower();
      if (lower != null) {
        write(lower, false);
      }
      text.add(subscript.slice() ? ":" : "");
      Expression upper = one.upper();
      if (upper != null) {
        write(upper, false);
      }
      text.add("]");
    }
  }

  private void caseExpr(CaseExpr expr) {
    String space = text.lines() ? "" : " ";
    text.keyword("CASE", 0, RuleText.VARIABLE, 0);
    Expression arg = expr.arg();
    if (arg != null) {
      text.add(" ");
      write(arg, true);
    }
    for (CaseExpr.When when : expr.whens()) {
      text.add(space);
      text.keyword("WHEN ", 0, 0, 0);
      Expression condition = when.condition();
      if (arg != null
          && condition instanceof OpExpr op
          && op.args().size() == 2
          && isCaseTest(op.args().getFirst())) {
        condition = op.args().get(1);
      }
      write(condition, false);
      text.add(" THEN ");
      write(when.result(), true);
    }
    text.add(space);
    text.keyword("ELSE ", 0, 0, 0);
    Expression otherwise = expr.otherwise();
    write(
        otherwise == null
            ? new Const(expr.type(), expr.typmod(), null, expr.location())
            : otherwise,
        true);
    text.add(space);
    text.keyword("END", -RuleText.VARIABLE, 0, 0);
  }

  private static boolean isCaseTest(Expression expr) {
    return switch (expr) {
      case CaseTestExpr test -> true;
      case RelabelType cast -> isCaseTest(cast.arg());
      case FuncExpr cast when cast.form() == FuncExpr.Form.IMPLICIT_CAST ->
          isCaseTest(cast.args().getFirst());
      default -> false;
    };
  }

  private void function(FuncExpr call, boolean implicit) {
    if (RuleSyntax.isKeyword(call)) {
      text.add(RuleSyntax.keyword(call));
      return;
    }
    if (call.isCast()) {
      cast(withoutCast(call), call, call.form(), implicit);
      return;
    }
    PgProc proc = BootstrapCatalog.proc(call.function());
    if (proc == null) {
      throw new IllegalStateException("no function " + call.function());
    }
    if (call.form() == FuncExpr.Form.SQL_SYNTAX && new RuleSyntax(this).write(proc.name(), call)) {
      return;
    }
    text.add(QuoteIdent.quote(proc.name())).add("(");
    if (call.variadic() && !call.args().isEmpty()) {
      int last = call.args().size() - 1;
      list(call.args().subList(0, last));
      text.add(last > 0 ? ", " : "").add("VARIADIC ");
      write(call.args().get(last), true);
    } else {
      list(call.args());
    }
    text.add(")");
  }

  /// What a cast to a type with a length is applied to: the cast to the type itself is part of it,
  /// and so as if nobody had written it.
  private static Expression withoutCast(FuncExpr cast) {
    Expression arg = cast.args().getFirst();
    if (cast.typmod() < 0 || arg.type() != cast.type() || arg.typmod() >= 0) {
      return arg;
    }
    FuncExpr.Form form = FuncExpr.Form.IMPLICIT_CAST;
    return switch (arg) {
      case RelabelType e -> new RelabelType(e.arg(), e.type(), e.typmod(), form, e.location());
      case CoerceViaIo e -> new CoerceViaIo(e.arg(), e.type(), form, e.location());
      case FuncExpr e when e.isCast() ->
          new FuncExpr(
              e.function(),
              e.type(),
              e.typmod(),
              e.returnsSet(),
              e.variadic(),
              form,
              e.args(),
              e.location());
      default -> arg;
    };
  }

  private void cast(Expression arg, Expression cast, FuncExpr.Form form, boolean implicit) {
    if (form == FuncExpr.Form.IMPLICIT_CAST && !implicit) {
      operand(arg, false, cast);
      return;
    }
    if (arg instanceof Const constant
        && constant.type() == cast.type()
        && constant.typmod() == -1) {
      constant(constant, -1);
    } else {
      open();
      operand(arg, false, cast);
      close();
    }
    text.add("::").add(FormatType.name(cast.type(), cast.typmod()));
  }

  /// @param showType -1 never, 0 where it is needed, 1 always
  final void constant(Const constant, int showType) {
    String type = FormatType.name(constant.type(), constant.typmod());
    Object value = constant.value();
    if (value == null) {
      text.add("NULL").add(showType >= 0 ? "::" + type : "");
      return;
    }
    String written = Values.write(Types.get(constant.type()), value, context);
    boolean label = true;
    boolean quoted = true;
    switch (constant.type()) {
      case Types.BOOL -> {
        written = written.startsWith("t") ? "true" : "false";
        quoted = false;
        label = false;
      }
      case Types.INT4 -> {
        quoted = written.startsWith("-");
        label = quoted;
      }
      case Types.NUMERIC -> {
        quoted = !isFloat(written);
        label = quoted || constant.typmod() >= 0;
      }
      case Types.UNKNOWN -> label = false;
      default -> {
        // Everything else needs its type's name.
      }
    }
    text.add(quoted ? "'" + written.replace("'", "''") + "'" : written);
    if (showType >= 0 && (label || showType > 0)) {
      text.add("::").add(type);
    }
  }

  private static boolean isFloat(String written) {
    return Character.isDigit(written.charAt(0))
        && (written.contains(".") || written.contains("e") || written.contains("E"));
  }

  private static String functionName(int oid) {
    PgProc proc = BootstrapCatalog.proc(oid);
    if (proc == null) {
      throw new IllegalStateException("no function " + oid);
    }
    return QuoteIdent.quote(proc.name());
  }

  private void aggregate(Aggref aggregate) {
    text.add(functionName(aggregate.function())).add("(");
    text.add(aggregate.distinct() ? "DISTINCT " : "");
    if (aggregate.star()) {
      text.add("*");
    }
    list(aggregate.args());
    if (!aggregate.orderBy().isEmpty()) {
      text.add(" ORDER BY ");
      sortKeys(aggregate.orderBy());
    }
    text.add(")");
    filter(aggregate.filter());
  }

  private void filter(@Nullable Expression filter) {
    if (filter != null) {
      text.add(" FILTER (WHERE ");
      write(filter, false);
      text.add(")");
    }
  }

  private void windowFunction(WindowFunc call) {
    text.add(functionName(call.function())).add("(");
    if (call.star()) {
      text.add("*");
    }
    list(call.args());
    text.add(")");
    filter(call.filter());
    text.add(" OVER ");
    window(call.window());
  }

  final void sortKeys(List<SortKey> keys) {
    String separator = "";
    for (SortKey key : keys) {
      text.add(separator);
      sorted(key.expression());
      direction(key.descending(), key.nullsFirst());
      separator = ", ";
    }
  }

  final void direction(boolean descending, boolean nullsFirst) {
    text.add(descending ? " DESC" : "");
    if (descending != nullsFirst) {
      text.add(nullsFirst ? " NULLS FIRST" : " NULLS LAST");
    }
  }

  /// What is sorted or grouped by.
  final void sorted(Expression expr) {
    switch (expr) {
      case Const constant -> constant(constant, 1);
      case Var var -> column(var);
      default -> {
        // They would be read as something else without parentheses.
        boolean parentheses =
            text.pretty()
                || expr instanceof FuncExpr
                || expr instanceof Aggref
                || expr instanceof WindowFunc;
        text.add(parentheses ? "(" : "");
        write(expr, true);
        text.add(parentheses ? ")" : "");
      }
    }
  }
}
