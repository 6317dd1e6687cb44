package dev.lifeline.executor;

import dev.lifeline.executor.expr.Const;
import dev.lifeline.executor.expr.Expression;
import dev.lifeline.executor.expr.FuncExpr;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.fmgr.BootstrapCatalog;
import dev.lifeline.utils.fmgr.PgProc;
import java.util.List;
import java.util.Locale;

/// Writes the calls that SQL has words of its own for: EXTRACT, POSITION, TRIM and others.
final class RuleSyntax {
  private final RuleExpressions expressions;
  private final RuleText text;

  RuleSyntax(RuleExpressions expressions) {
    this.expressions = expressions;
    this.text = expressions.text;
  }

  /// Whether it was written without parentheses: CURRENT_USER, or CURRENT_DATE and its kin, which
  /// are casts of the transaction's time.
  static boolean isKeyword(FuncExpr call) {
    FuncExpr inner = innermost(call);
    return inner.form() == FuncExpr.Form.SQL_SYNTAX && inner.args().isEmpty();
  }

  private static FuncExpr innermost(FuncExpr call) {
    FuncExpr inner = call;
    while (inner.isCast() && inner.args().getFirst() instanceof FuncExpr arg) {
      inner = arg;
    }
    return inner;
  }

  static String keyword(FuncExpr call) {
    PgProc proc = BootstrapCatalog.proc(innermost(call).function());
    String name = proc == null ? "" : proc.name();
    if (!name.equals("now")) {
      return name.toUpperCase(Locale.ROOT);
    }
    String precision = call.typmod() < 0 ? "" : "(" + call.typmod() + ")";
    return switch (call.type()) {
          case Types.DATE -> "CURRENT_DATE";
          case Types.TIMETZ -> "CURRENT_TIME";
          case Types.TIME -> "LOCALTIME";
          case Types.TIMESTAMP -> "LOCALTIMESTAMP";
          default -> "CURRENT_TIMESTAMP";
        }
        + precision;
  }

  /// Writes a call; returns false where it is to be written as any function is.
  boolean write(String name, FuncExpr call) {
    List<Expression> args = call.args();
    switch (name) {
      case "timezone" -> {
        text.add("(");
        expressions.operand(args.get(1), false, call);
        text.add(" AT TIME ZONE ");
        expressions.operand(args.get(0), false, call);
        text.add(")");
      }
      case "overlaps" -> {
        text.add("(");
        words(args, "(", ", ", ") OVERLAPS (", ", ");
        text.add("))");
      }
      case "extract" -> {
        text.add("EXTRACT(");
        text.add(args.get(0) instanceof Const field ? String.valueOf(field.value()) : "");
        words(args.subList(1, 2), " FROM ");
        text.add(")");
      }
      case "overlay" -> close(args, "OVERLAY(", " PLACING ", " FROM ", " FOR ");
      case "position" -> {
        words(List.of(args.get(1), args.get(0)), "POSITION((", ") IN (");
        text.add("))");
      }
      case "substring" -> close(args, "SUBSTRING(", " FROM ", " FOR ");
      case "btrim" -> trim("BOTH", args);
      case "ltrim" -> trim("LEADING", args);
      case "rtrim" -> trim("TRAILING", args);
      default -> {
        return false;
      }
    }
    return true;
  }

  private void close(List<Expression> args, String... words) {
    words(args, words);
    text.add(")");
  }

  private void words(List<Expression> args, String... words) {
    for (int i = 0; i < args.size(); i++) {
      text.add(words[i]);
      expressions.write(args.get(i), false);
    }
  }

  private void trim(String where, List<Expression> args) {
    text.add("TRIM(").add(where);
    if (args.size() > 1) {
      words(args.subList(1, 2), " ");
    }
    words(args.subList(0, 1), " FROM ");
    text.add(")");
  }
}
