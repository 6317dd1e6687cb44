package dev.lifeline.parser;

import static dev.lifeline.parser.SqlText.qualified;
import static dev.lifeline.parser.SqlText.when;

import dev.lifeline.parser.tree.AConst;
import dev.lifeline.parser.tree.Expr;
import dev.lifeline.parser.tree.TypeName;
import dev.lifeline.parser.tree.Value;
import java.util.List;

/// Prints type names, those of the standard in its own spelling.
final class TypePrinter {
  private TypePrinter() {}

  static String type(TypeName type) {
    StringBuilder out = new StringBuilder(when(type.setof(), "SETOF "));
    out.append(standardName(type));
    out.append(when(type.pctType(), "%TYPE"));
    for (int bound : type.arrayBounds()) {
      out.append('[').append(bound < 0 ? "" : Integer.toString(bound)).append(']');
    }
    return out.toString();
  }

  private static String standardName(TypeName type) {
    List<String> names = type.names();
    String typmods = ExprPrinter.optParenthesized(type.typmods());
    if (names.size() == 2 && names.get(0).equals("pg_catalog")) {
      boolean number = isOneNumber(type.typmods());
      if (type.typmods().isEmpty() || number) {
        String spelled = spelled(names.get(1), number ? typmods : "");
        if (!spelled.isEmpty()) {
          return spelled;
        }
      }
    }
    return qualified(names) + typmods;
  }

  private static boolean isOneNumber(List<Expr> typmods) {
    return typmods.size() == 1
        && typmods.get(0) instanceof AConst constant
        && constant.value() instanceof Value.Int number
        && number.value() >= 0;
  }

  private static String spelled(String name, String length) {
    return switch (name) {
      case "int2" -> length.isEmpty() ? "smallint" : "";
      case "int4" -> length.isEmpty() ? "integer" : "";
      case "int8" -> length.isEmpty() ? "bigint" : "";
      case "float4" -> length.isEmpty() ? "real" : "";
      case "float8" -> length.isEmpty() ? "double precision" : "";
      case "bool" -> length.isEmpty() ? "boolean" : "";
      case "interval" -> length.isEmpty() ? "interval" : "";
      case "numeric" -> "numeric" + length;
      case "varchar" -> "character varying" + length;
      case "bpchar" -> length.isEmpty() ? "" : "character" + length;
      case "time" -> "time" + length + " without time zone";
      case "timetz" -> "time" + length + " with time zone";
      case "timestamp" -> "timestamp" + length + " without time zone";
      case "timestamptz" -> "timestamp" + length + " with time zone";
      default -> "";
    };
  }
}
