package dev.lifeline.parser;

import dev.lifeline.parser.tree.AConst;
import dev.lifeline.parser.tree.Expr;
import dev.lifeline.parser.tree.TypeCast;
import dev.lifeline.parser.tree.Value;
import java.util.List;

/// Prints an interval constant where SET TIME ZONE takes nothing but one.
final class IntervalPrinter {
  private static final int HOUR = 1 << 10;
  private static final int MINUTE = 1 << 11;

  private IntervalPrinter() {}

  static String constant(TypeCast cast) {
    String text = ExprPrinter.expr(cast.arg());
    List<Expr> typmods = cast.typeName().typmods();
    if (typmods.isEmpty()) {
      return "INTERVAL " + text;
    }
    int fields = number(typmods.get(0));
    if (fields == TypeParser.INTERVAL_FULL_RANGE) {
      return "INTERVAL(" + number(typmods.get(1)) + ") " + text;
    }
    if (fields == (HOUR | MINUTE)) {
      return "INTERVAL " + text + " HOUR TO MINUTE";
    }
    return "INTERVAL " + text + (fields == HOUR ? " HOUR" : " MINUTE");
  }

  private static int number(Expr typmod) {
    return typmod instanceof AConst constant && constant.value() instanceof Value.Int number
        ? number.value()
        : -1;
  }
}
