package dev.lifeline.parser.analyze;

import dev.lifeline.executor.expr.Const;
import dev.lifeline.executor.expr.ParseLoc;
import dev.lifeline.parser.tree.AConst;
import dev.lifeline.parser.tree.Value;
import dev.lifeline.utils.adt.EvalContext;
import dev.lifeline.utils.adt.Text;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.adt.Values;
import dev.lifeline.utils.error.PgException;
import org.jspecify.annotations.Nullable;

/// The types of literals: digits are the smallest of int4, int8 and numeric that holds them, a
/// quoted string is of no known type yet.
final class Literals {
  private Literals() {}

  static Const constant(AConst constant, EvalContext context) {
    ParseLoc at = ParseLoc.at(constant.location());
    return switch (constant.value()) {
      case Value.Int number -> new Const(Types.INT4, -1, (long) number.value(), at);
      case Value.Numeric number -> number(number.digits(), at, context);
      case Value.Bool bool -> new Const(Types.BOOL, -1, bool.value() ? 1L : 0L, at);
      case Value.Str string -> new Const(Types.UNKNOWN, -2, Text.of(string.value()), at);
      case Value.Null none -> new Const(Types.UNKNOWN, -2, null, at);
      case Value.BitStr bits -> throw PgException.notSupported("type bit").at(constant.location());
    };
  }

  private static Const number(String digits, ParseLoc at, EvalContext context) {
    Long integer = integer(digits);
    return integer == null
        ? new Const(Types.NUMERIC, -1, Values.read(Types.get(Types.NUMERIC), digits, context), at)
        : new Const(Types.INT8, -1, integer, at);
  }

  private static @Nullable Long integer(String digits) {
    for (int i = 0; i < digits.length(); i++) {
      if (digits.charAt(i) < '0' || digits.charAt(i) > '9') {
        return null;
      }
    }
    try {
      return Long.valueOf(digits);
    } catch (NumberFormatException e) {
      return null;
    }
  }
}
