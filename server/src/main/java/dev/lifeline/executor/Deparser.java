package dev.lifeline.executor;

import dev.lifeline.executor.expr.Aggref;
import dev.lifeline.executor.expr.ArrayCoerceExpr;
import dev.lifeline.executor.expr.ArrayExpr;
import dev.lifeline.executor.expr.BoolExpr;
import dev.lifeline.executor.expr.BooleanTest;
import dev.lifeline.executor.expr.CaseExpr;
import dev.lifeline.executor.expr.CoalesceExpr;
import dev.lifeline.executor.expr.CoerceViaIo;
import dev.lifeline.executor.expr.Const;
import dev.lifeline.executor.expr.DistinctExpr;
import dev.lifeline.executor.expr.Expression;
import dev.lifeline.executor.expr.FieldSelect;
import dev.lifeline.executor.expr.FuncExpr;
import dev.lifeline.executor.expr.GroupingExpr;
import dev.lifeline.executor.expr.MinMaxExpr;
import dev.lifeline.executor.expr.NullIfExpr;
import dev.lifeline.executor.expr.NullTest;
import dev.lifeline.executor.expr.OpExpr;
import dev.lifeline.executor.expr.Param;
import dev.lifeline.executor.expr.RelabelType;
import dev.lifeline.executor.expr.ScalarArrayOpExpr;
import dev.lifeline.executor.expr.SubscriptingRef;
import dev.lifeline.executor.expr.Var;
import dev.lifeline.executor.expr.WindowFunc;
import dev.lifeline.optimizer.PlannedStatement;
import dev.lifeline.optimizer.SubPlanExpr;
import dev.lifeline.parser.analyze.RangeEntry;
import dev.lifeline.utils.adt.EvalContext;
import dev.lifeline.utils.adt.FormatType;
import dev.lifeline.utils.adt.QuoteIdent;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.adt.Values;
import dev.lifeline.utils.fmgr.BootstrapCatalog;
import dev.lifeline.utils.fmgr.PgOperator;
import dev.lifeline.utils.fmgr.PgProc;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// Writes expressions of a plan as SQL, as PostgreSQL's EXPLAIN does: every operator in
/// parentheses, casts spelled out.
final class Deparser {
  private final EvalContext context;
  private final Map<Integer, RangeEntry> ranges = new HashMap<>();
  private final Map<Integer, String> aliases;

  /// What the executor's parameters stand for.
  private final Map<Integer, Expression> parameters = new HashMap<>();

  Deparser(PlannedStatement planned, EvalContext context) {
    this.context = context;
    this.aliases = planned.aliases();
    planned.ranges().forEach(range -> ranges.put(range.id(), range));
  }

  /// Says what a parameter stands for from now on.
  void define(Param parameter, Expression value) {
    parameters.put(parameter.index(), value);
  }

  /// @param qualified whether columns are written with their table
  String text(Expression expr, boolean qualified) {
    return switch (expr) {
      case Var var -> column(var, qualified);
      case Const constant -> constant(constant);
      case Param param -> parameter(param);
      case OpExpr op -> operator(op, qualified);
      case BoolExpr bool -> bool(bool, qualified);
      case FuncExpr call -> function(call, qualified);
      case Aggref aggregate -> aggregate(aggregate, qualified);
      case GroupingExpr grouping -> "GROUPING(" + list(grouping.args(), qualified) + ")";
      case WindowFunc call -> windowFunction(call, qualified);
      case NullTest test ->
          "(" + text(test.arg(), qualified) + (test.isNull() ? " IS NULL)" : " IS NOT NULL)");
      case BooleanTest test ->
          "(" + text(test.arg(), qualified) + " " + test.kind().name().replace('_', ' ') + ")";
      case RelabelType cast -> cast(cast.arg(), cast.type(), cast.typmod(), qualified);
      case CoerceViaIo cast -> cast(cast.arg(), cast.type(), -1, qualified);
      case ArrayCoerceExpr cast -> cast(cast.arg(), cast.type(), -1, qualified);
      case CoalesceExpr coalesce -> "COALESCE(" + list(coalesce.args(), qualified) + ")";
      case MinMaxExpr minMax ->
          (minMax.greatest() ? "GREATEST(" : "LEAST(") + list(minMax.args(), qualified) + ")";
      case NullIfExpr nullIf -> "NULLIF(" + list(nullIf.children(), qualified) + ")";
      case DistinctExpr distinct ->
          "("
              + text(distinct.left(), qualified)
              + (distinct.not() ? " IS NOT DISTINCT FROM " : " IS DISTINCT FROM ")
              + text(distinct.right(), qualified)
              + ")";
      case ArrayExpr array -> "ARRAY[" + list(array.elements(), qualified) + "]";
      case ScalarArrayOpExpr op -> arrayOperator(op, qualified);
      case CaseExpr caseExpr -> caseExpr(caseExpr, qualified);
      case FieldSelect select ->
          "(" + text(select.record(), qualified) + ")." + QuoteIdent.quote(select.name());
      case SubscriptingRef subscript -> text(subscript.container(), qualified) + "[...]";
      case SubPlanExpr subplan -> subplan(subplan);
      default -> "(" + list(expr.children(), qualified) + ")";
    };
  }

  private String list(List<Expression> expressions, boolean qualified) {
    return expressions.stream()
        .map(expr -> text(expr, qualified))
        .collect(Collectors.joining(", "));
  }

  private String column(Var var, boolean qualified) {
    RangeEntry range = ranges.get(var.varno());
    String name = "?";
    if (range != null) {
      for (RangeEntry.RangeColumn column : range.columns()) {
        if (column.attnum() == var.attno()) {
          name = QuoteIdent.quote(column.name());
        }
      }
    }
    if (var.attno() < 0) {
      name = var.attno() == -1 ? "ctid" : "tableoid";
    }
    String alias = aliases.get(var.varno());
    return qualified && alias != null ? QuoteIdent.quote(alias) + "." + name : name;
  }

  private String parameter(Param param) {
    if (param.kind() == Param.Kind.EXTERN) {
      return "$" + (param.index() + 1);
    }
    Expression value = parameters.get(param.index());
    return value == null ? "$" + param.index() : text(value, true);
  }

  private String constant(Const constant) {
    String type = FormatType.name(constant.type(), constant.typmod());
    Object value = constant.value();
    if (value == null) {
      return "NULL::" + type;
    }
    if (constant.type() == Types.BOOL) {
      return Long.valueOf(1).equals(value) ? "true" : "false";
    }
    String text = Values.write(Types.get(constant.type()), value, context);
    boolean negative = text.startsWith("-");
    if (constant.type() == Types.INT4 && !negative) {
      return text;
    }
    if (constant.type() == Types.NUMERIC && isFloat(text)) {
      return text;
    }
    return "'" + text.replace("'", "''") + "'::" + type;
  }

  private static boolean isFloat(String text) {
    return Character.isDigit(text.charAt(0)) && (text.contains(".") || text.contains("e"));
  }

  private String operator(OpExpr op, boolean qualified) {
    PgOperator operator = BootstrapCatalog.operator(op.operator());
    String name = operator == null ? "?" : operator.name();
    return op.args().size() == 1
        ? "(" + name + " " + text(op.args().getFirst(), qualified) + ")"
        : "("
            + text(op.args().get(0), qualified)
            + " "
            + name
            + " "
            + text(op.args().get(1), qualified)
            + ")";
  }

  private String arrayOperator(ScalarArrayOpExpr op, boolean qualified) {
    PgOperator operator = BootstrapCatalog.operator(op.operator());
    String name = operator == null ? "?" : operator.name();
    return "("
        + text(op.scalar(), qualified)
        + " "
        + name
        + (op.useOr() ? " ANY (" : " ALL (")
        + array(op.array(), qualified)
        + "))";
  }

  /// A list of constants is shown as the array that it is.
  private String array(Expression array, boolean qualified) {
    if (array instanceof ArrayExpr list
        && list.elements().stream().allMatch(Const.class::isInstance)) {
      String elements =
          list.elements().stream()
              .map(element -> ((Const) element).value())
              .map(value ->
                  value == null
                      ? "NULL"
                      : Values.write(Types.get(list.elementType()), value, context))
              .collect(Collectors.joining(","));
      return "'{" + elements.replace("'", "''") + "}'::" + FormatType.name(list.type());
    }
    return text(array, qualified);
  }

  private String bool(BoolExpr bool, boolean qualified) {
    if (bool.kind() == BoolExpr.Kind.NOT) {
      return "(NOT " + text(bool.args().getFirst(), qualified) + ")";
    }
    return bool.args().stream()
        .map(arg -> text(arg, qualified))
        .collect(Collectors.joining(" " + bool.kind() + " ", "(", ")"));
  }

  private String cast(Expression arg, int type, int typmod, boolean qualified) {
    return "(" + text(arg, qualified) + ")::" + FormatType.name(type, typmod);
  }

  private String function(FuncExpr call, boolean qualified) {
    if (call.isCast()) {
      return cast(call.args().getFirst(), call.type(), call.typmod(), qualified);
    }
    PgProc proc = BootstrapCatalog.proc(call.function());
    String name = proc == null ? "?" : QuoteIdent.quote(proc.name());
    return name + "(" + list(call.args(), qualified) + ")";
  }

  private String aggregate(Aggref aggregate, boolean qualified) {
    PgProc proc = BootstrapCatalog.proc(aggregate.function());
    StringBuilder out = new StringBuilder(proc == null ? "?" : proc.name());
    out.append('(');
    if (aggregate.distinct()) {
      out.append("DISTINCT ");
    }
    out.append(aggregate.star() ? "*" : list(aggregate.args(), qualified));
    if (!aggregate.orderBy().isEmpty()) {
      out.append(" ORDER BY ");
      out.append(
          aggregate.orderBy().stream()
              .map(key -> text(key.expression(), qualified) + (key.descending() ? " DESC" : ""))
              .collect(Collectors.joining(", ")));
    }
    out.append(')');
    Expression filter = aggregate.filter();
    if (filter != null) {
      out.append(" FILTER (WHERE ").append(text(filter, qualified)).append(')');
    }
    return out.toString();
  }

  private String windowFunction(WindowFunc call, boolean qualified) {
    PgProc proc = BootstrapCatalog.proc(call.function());
    String name = proc == null ? "?" : QuoteIdent.quote(proc.name());
    Expression filter = call.filter();
    return name
        + "("
        + (call.star() ? "*" : list(call.args(), qualified))
        + ")"
        + (filter == null ? "" : " FILTER (WHERE " + text(filter, qualified) + ")")
        + " OVER (?)";
  }

  private String caseExpr(CaseExpr expr, boolean qualified) {
    StringBuilder out = new StringBuilder("CASE");
    Expression arg = expr.arg();
    if (arg != null) {
      out.append(' ').append(text(arg, qualified));
    }
    for (CaseExpr.When when : expr.whens()) {
      Expression condition = when.condition();
      if (arg != null && condition instanceof OpExpr op && op.args().size() == 2) {
        condition = op.args().get(1);
      }
      out.append(" WHEN ").append(text(condition, qualified));
      out.append(" THEN ").append(text(when.result(), qualified));
    }
    Expression otherwise = expr.otherwise();
    if (otherwise != null) {
      out.append(" ELSE ").append(text(otherwise, qualified));
    }
    return out.append(" END").toString();
  }

  private static String subplan(SubPlanExpr subplan) {
    boolean compared = subplan.test() != null;
    if (subplan.isInitPlan() && !compared) {
      return "$" + (subplan.id() - 1);
    }
    return subplan.isInitPlan()
        ? "(hashed SubPlan " + subplan.id() + ")"
        : "(SubPlan " + subplan.id() + ")";
  }
}
