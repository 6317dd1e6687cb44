package dev.lifeline.commands;

import dev.lifeline.parser.tree.DefElem;
import dev.lifeline.parser.tree.Node;
import dev.lifeline.parser.tree.NodeList;
import dev.lifeline.parser.tree.QualifiedName;
import dev.lifeline.parser.tree.TypeName;
import dev.lifeline.parser.tree.Value;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Reads the arguments of options, as PostgreSQL's `define.c` does.
final class DefElems {
  private DefElems() {}

  static String string(DefElem option) {
    Node arg = option.arg();
    return switch (arg) {
      case null ->
          throw PgException.error(
              SqlState.SYNTAX_ERROR, "%s requires a parameter", option.defname());
      case Value.Str s -> s.value();
      case Value.Int i -> Integer.toString(i.value());
      case Value.Numeric n -> n.digits();
      case Value.Bool b -> b.value() ? "true" : "false";
      case TypeName t -> String.join(".", t.names());
      case QualifiedName q -> String.join(".", q.names());
      case NodeList l -> String.join(", ", strings(l));
      default -> throw invalid(option, "%s requires a parameter");
    };
  }

  static boolean bool(DefElem option) {
    Node arg = option.arg();
    if (arg == null) {
      return true;
    }
    if (arg instanceof Value.Bool b) {
      return b.value();
    }
    if (arg instanceof Value.Int i && (i.value() == 0 || i.value() == 1)) {
      return i.value() == 1;
    }
    return switch (string(option).toLowerCase(Locale.ROOT)) {
      case "true", "on" -> true;
      case "false", "off" -> false;
      default -> throw invalid(option, "%s requires a Boolean value");
    };
  }

  static int integer(DefElem option) {
    if (option.arg() instanceof Value.Int i) {
      return i.value();
    }
    try {
      return Integer.parseInt(string(option));
    } catch (NumberFormatException e) {
      throw invalid(option, "%s requires an integer value");
    }
  }

  static long bigint(DefElem option) {
    try {
      return Long.parseLong(string(option));
    } catch (NumberFormatException e) {
      throw invalid(option, "%s requires a numeric value");
    }
  }

  /// The names of a list.
  static List<String> names(DefElem option) {
    return option.arg() instanceof NodeList list ? strings(list) : List.of(string(option));
  }

  private static List<String> strings(NodeList list) {
    List<String> strings = new ArrayList<>();
    for (Node item : list.items()) {
      strings.add(
          item instanceof Value.Str s
              ? s.value()
              : item instanceof QualifiedName q ? String.join(".", q.names()) : item.toString());
    }
    return strings;
  }

  static PgException conflicting(DefElem option) {
    return PgException.error(SqlState.SYNTAX_ERROR, "conflicting or redundant options")
        .at(option.location());
  }

  static PgException notRecognized(DefElem option) {
    return PgException.error(
            SqlState.SYNTAX_ERROR, "option \"%s\" not recognized", option.defname())
        .at(option.location());
  }

  private static PgException invalid(DefElem option, String format) {
    return PgException.error(SqlState.SYNTAX_ERROR, format, option.defname());
  }
}
