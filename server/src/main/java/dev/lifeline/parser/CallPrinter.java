package dev.lifeline.parser;

import static dev.lifeline.parser.SqlText.join;
import static dev.lifeline.parser.SqlText.opt;
import static dev.lifeline.parser.SqlText.parens;
import static dev.lifeline.parser.SqlText.qualified;
import static dev.lifeline.parser.SqlText.when;

import dev.lifeline.parser.tree.AConst;
import dev.lifeline.parser.tree.CoercionForm;
import dev.lifeline.parser.tree.Expr;
import dev.lifeline.parser.tree.FuncCall;
import dev.lifeline.parser.tree.Value;
import dev.lifeline.parser.tree.WindowDef;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Prints calls, those in the standard's syntax as they were written.
final class CallPrinter {
  private CallPrinter() {}

  static String call(FuncCall call) {
    if (call.funcformat() == CoercionForm.SQL_SYNTAX) {
      return standard(call);
    }
    return join(
        application(call),
        call.aggWithinGroup() ? "WITHIN GROUP " + parens(ExprPrinter.orderBy(call.aggOrder())) : "",
        filterAndOver(call.aggFilter(), call.over()));
  }

  static String filterAndOver(@Nullable Expr filter, @Nullable WindowDef over) {
    return join(
        opt("FILTER", filter, condition -> "(WHERE " + ExprPrinter.expr(condition) + ")"),
        ExprPrinter.over(over));
  }

  private static String application(FuncCall call) {
    if (call.aggStar()) {
      return qualified(call.funcname()) + "(*)";
    }
    StringBuilder args = new StringBuilder(when(call.aggDistinct(), "DISTINCT "));
    int last = call.args().size() - 1;
    for (int i = 0; i <= last; i++) {
      args.append(i > 0 ? ", " : "")
          .append(when(call.funcVariadic() && i == last, "VARIADIC "))
          .append(ExprPrinter.expr(call.args().get(i)));
    }
    String order = call.aggWithinGroup() ? "" : ExprPrinter.orderBy(call.aggOrder());
    return qualified(call.funcname()) + parens(join(args.toString(), order));
  }

  private static String standard(FuncCall call) {
    List<Expr> args = call.args();
    String name = call.funcname().get(call.funcname().size() - 1);
    return switch (name) {
      case "timezone" ->
          args.size() == 1
              ? operand(args, 0) + " AT LOCAL"
              : operand(args, 1) + " AT TIME ZONE " + operand(args, 0);
      case "overlaps" ->
          "ROW(%s, %s) OVERLAPS ROW(%s, %s)"
              .formatted(expr(args, 0), expr(args, 1), expr(args, 2), expr(args, 3));
      case "is_normalized" ->
          join(operand(args, 0), "IS", args.size() > 1 ? form(args) : "", "NORMALIZED");
      case "normalize" ->
          "NORMALIZE(" + expr(args, 0) + (args.size() > 1 ? ", " + form(args) : "") + ")";
      case "pg_collation_for" -> "COLLATION FOR (" + expr(args, 0) + ")";
      case "system_user" -> "SYSTEM_USER";
      case "extract" -> "EXTRACT(" + expr(args, 0) + " FROM " + expr(args, 1) + ")";
      case "position" -> "POSITION(" + operand(args, 1) + " IN " + operand(args, 0) + ")";
      case "overlay" ->
          "OVERLAY("
              + join(
                  operand(args, 0),
                  "PLACING",
                  operand(args, 1),
                  "FROM",
                  operand(args, 2),
                  args.size() > 3 ? "FOR " + operand(args, 3) : "")
              + ")";
      case "substring" ->
          "SUBSTRING("
              + join(
                  operand(args, 0),
                  "FROM",
                  operand(args, 1),
                  args.size() > 2 ? "FOR " + operand(args, 2) : "")
              + ")";
      case "btrim" -> "TRIM(BOTH FROM " + ExprPrinter.list(args) + ")";
      case "ltrim" -> "TRIM(LEADING FROM " + ExprPrinter.list(args) + ")";
      case "rtrim" -> "TRIM(TRAILING FROM " + ExprPrinter.list(args) + ")";
      case "xmlexists" -> "XMLEXISTS(" + operand(args, 0) + " PASSING " + operand(args, 1) + ")";
      default -> throw new IllegalArgumentException("no such call in SQL syntax: " + name);
    };
  }

  private static String expr(List<Expr> args, int i) {
    return ExprPrinter.expr(args.get(i));
  }

  private static String operand(List<Expr> args, int i) {
    return ExprPrinter.operand(args.get(i));
  }

  /// A Unicode normal form is a string in the tree, but a word in the syntax.
  private static String form(List<Expr> args) {
    return args.get(1) instanceof AConst constant && constant.value() instanceof Value.Str word
        ? word.value()
        : expr(args, 1);
  }
}
