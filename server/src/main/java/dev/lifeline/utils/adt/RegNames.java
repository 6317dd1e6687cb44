package dev.lifeline.utils.adt;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import dev.lifeline.utils.fmgr.BootstrapCatalog;
import dev.lifeline.utils.fmgr.PgOperator;
import dev.lifeline.utils.fmgr.PgProc;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Names of functions, operators and collations, for the reg* types.
final class RegNames {
  private static final int COLLATION_DEFAULT = 100;
  private static final int COLLATION_C = 950;
  private static final int COLLATION_POSIX = 951;

  private RegNames() {}

  static int collation(String name) {
    return switch (name) {
      case "default" -> COLLATION_DEFAULT;
      case "C" -> COLLATION_C;
      case "POSIX" -> COLLATION_POSIX;
      default -> 0;
    };
  }

  static @Nullable String collationName(int oid) {
    return switch (oid) {
      case COLLATION_DEFAULT -> "\"default\"";
      case COLLATION_C -> "\"C\"";
      case COLLATION_POSIX -> "\"POSIX\"";
      default -> null;
    };
  }

  static int procedure(List<String> names) {
    if (names.size() > 1 && !names.getFirst().equals("pg_catalog")) {
      return 0;
    }
    List<PgProc> procs = BootstrapCatalog.procs(names.getLast());
    if (procs.size() > 1) {
      throw PgException.error(
          SqlState.AMBIGUOUS_FUNCTION,
          "more than one function named \"%s\"",
          String.join(".", names));
    }
    return procs.isEmpty() ? 0 : procs.getFirst().oid();
  }

  static int procedureWithArguments(String text, CatalogHooks catalog) {
    int open = text.indexOf('(');
    if (open < 0 || !text.strip().endsWith(")")) {
      throw PgException.error(SqlState.INVALID_TEXT_REPRESENTATION, "expected a left parenthesis");
    }
    String name = Identifiers.split(text.substring(0, open), true).getLast();
    List<Integer> types = argumentTypes(text, open, catalog);
    for (PgProc proc : BootstrapCatalog.procs(name)) {
      if (proc.argTypes().equals(types)) {
        return proc.oid();
      }
    }
    return 0;
  }

  private static List<Integer> argumentTypes(String text, int open, CatalogHooks catalog) {
    String list = text.substring(open + 1, text.lastIndexOf(')')).strip();
    List<Integer> types = new ArrayList<>();
    if (!list.isEmpty()) {
      for (String type : list.split(",", -1)) {
        boolean none = type.strip().equalsIgnoreCase("none");
        types.add(none ? 0 : TypeNames.find(type.strip(), catalog));
      }
    }
    return types;
  }

  static int operator(String text) {
    String name = text.substring(text.lastIndexOf('.') + 1).strip();
    List<PgOperator> operators = BootstrapCatalog.operators(name);
    if (operators.size() > 1) {
      throw PgException.error(SqlState.AMBIGUOUS_FUNCTION, "more than one operator named %s", text);
    }
    return operators.isEmpty() ? 0 : operators.getFirst().oid();
  }

  static int operatorWithArguments(String text, CatalogHooks catalog) {
    int open = text.indexOf('(');
    if (open < 0 || !text.strip().endsWith(")")) {
      throw PgException.error(SqlState.INVALID_TEXT_REPRESENTATION, "expected a left parenthesis");
    }
    String qualified = text.substring(0, open).strip();
    String name = qualified.substring(qualified.lastIndexOf('.') + 1);
    List<Integer> types = argumentTypes(text, open, catalog);
    if (types.size() != 2) {
      throw PgException.error(SqlState.UNDEFINED_PARAMETER, "missing argument")
          .hint("Use NONE to denote the missing argument of a unary operator.");
    }
    PgOperator operator = BootstrapCatalog.operator(name, types.get(0), types.get(1));
    return operator == null ? 0 : operator.oid();
  }

  static @Nullable String name(int type, int oid) {
    if (type == Types.REGPROC || type == Types.REGPROCEDURE) {
      PgProc proc = BootstrapCatalog.proc(oid);
      if (proc == null) {
        return null;
      }
      String name = QuoteIdent.quote(proc.name());
      return type == Types.REGPROC ? name : name + "(" + names(proc.argTypes()) + ")";
    }
    PgOperator operator = BootstrapCatalog.operator(oid);
    if (operator == null) {
      return null;
    }
    return type == Types.REGOPER
        ? operator.name()
        : operator.name()
            + "("
            + (operator.leftType() == 0 ? "NONE" : FormatType.name(operator.leftType()))
            + ","
            + FormatType.name(operator.rightType())
            + ")";
  }

  private static String names(List<Integer> types) {
    return types.stream().map(FormatType::name).collect(Collectors.joining(","));
  }
}
