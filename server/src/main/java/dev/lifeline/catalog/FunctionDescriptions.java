package dev.lifeline.catalog;

import dev.lifeline.utils.adt.FormatType;
import dev.lifeline.utils.adt.QuoteIdent;
import dev.lifeline.utils.adt.Text;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import dev.lifeline.utils.fmgr.BootstrapCatalog;
import dev.lifeline.utils.fmgr.PgAggregate;
import dev.lifeline.utils.fmgr.PgProc;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What SQL can ask of functions: `pg_get_function_arguments`, `pg_get_functiondef` and their kin.
final class FunctionDescriptions {
  private final BackendCatalog catalog;

  FunctionDescriptions(BackendCatalog catalog) {
    this.catalog = catalog;
  }

  /// Answers one of them; null where there is no such function, or nothing to tell of it.
  @Nullable Text call(String name, int oid) {
    PgProc proc = BootstrapCatalog.proc(oid);
    if (proc == null) {
      return null;
    }
    return switch (name) {
      case "pg_get_function_result" -> Text.of(result(proc));
      case "pg_get_function_arguments" -> Text.of(arguments(proc, true));
      case "pg_get_function_identity_arguments" -> Text.of(arguments(proc, false));
      case "pg_get_functiondef" -> Text.of(definition(proc));
      // No function has a body of statements.
      case "pg_get_function_sqlbody" -> null;
      default -> throw PgException.notSupported("function " + name);
    };
  }

  private static String result(PgProc proc) {
    String type = FormatType.name(proc.returnType());
    return proc.returnsSet() ? "SETOF " + type : type;
  }

  /// @param defaults whether the default values are told
  private String arguments(PgProc proc, boolean defaults) {
    List<Integer> types = proc.allArgTypes().isEmpty() ? proc.argTypes() : proc.allArgTypes();
    int direct = directArguments(proc);
    StringBuilder out = new StringBuilder();
    int input = 0;
    for (int i = 0; i < types.size(); i++) {
      char mode = proc.argModes().isEmpty() ? 'i' : proc.argModes().charAt(i);
      if (mode == 't') {
        continue;
      }
      if (i == direct) {
        out.append(out.isEmpty() ? "ORDER BY " : " ORDER BY ");
      } else if (!out.isEmpty()) {
        out.append(", ");
      }
      String argument = argument(proc, i, mode, types.get(i));
      out.append(argument);
      if (mode != 'o') {
        String value = defaults ? defaultOf(proc, input) : null;
        out.append(value == null ? "" : " DEFAULT " + value);
        input++;
      }
      if (direct == types.size() && i == direct - 1 && proc.variadicOid() != 0) {
        // The direct arguments of a hypothetical-set aggregate are those of its rows, too.
        out.append(" ORDER BY ").append(argument);
      }
    }
    return out.toString();
  }

  /// How many arguments stand before the ORDER BY of an ordered-set aggregate; -1 for others.
  private static int directArguments(PgProc proc) {
    PgAggregate aggregate = proc.isAggregate() ? BootstrapCatalog.aggregate(proc.oid()) : null;
    return aggregate == null || aggregate.kind() == 'n' ? -1 : aggregate.directArgs();
  }

  private static String argument(PgProc proc, int index, char mode, int type) {
    boolean variadic =
        mode == 'v'
            || (proc.variadicOid() != 0
                && proc.argModes().isEmpty()
                && index == proc.argTypes().size() - 1);
    String prefix =
        switch (mode) {
          case 'o' -> "OUT ";
          case 'b' -> "INOUT ";
          default -> variadic ? "VARIADIC " : "";
        };
    String name = index < proc.argNames().size() ? proc.argNames().get(index) : "";
    return prefix + (name.isEmpty() ? "" : QuoteIdent.quote(name) + " ") + FormatType.name(type);
  }

  private @Nullable String defaultOf(PgProc proc, int argument) {
    return argument < proc.argTypes().size() - proc.defaults()
        ? null
        : catalog.catalogs().definitions().argumentDefault(catalog, proc, argument);
  }

  private String definition(PgProc proc) {
    if (proc.isAggregate()) {
      throw PgException.error(
          SqlState.WRONG_OBJECT_TYPE, "\"%s\" is an aggregate function", proc.name());
    }
    List<String> properties = new ArrayList<>();
    if (proc.isWindow()) {
      properties.add("WINDOW");
    }
    switch (proc.volatility()) {
      case 'i' -> properties.add("IMMUTABLE");
      case 's' -> properties.add("STABLE");
      default -> {
        // VOLATILE is what a function is by itself.
      }
    }
    switch (proc.parallel()) {
      case 's' -> properties.add("PARALLEL SAFE");
      case 'r' -> properties.add("PARALLEL RESTRICTED");
      default -> {
        // As is PARALLEL UNSAFE.
      }
    }
    if (proc.strict()) {
      properties.add("STRICT");
    }
    if (proc.leakproof()) {
      properties.add("LEAKPROOF");
    }
    return "CREATE OR REPLACE FUNCTION pg_catalog."
        + QuoteIdent.quote(proc.name())
        + "("
        + arguments(proc, true)
        + ")\n RETURNS "
        + result(proc)
        + "\n LANGUAGE internal\n"
        + (properties.isEmpty() ? "" : " " + String.join(" ", properties) + "\n")
        + "AS $function$"
        + proc.source()
        + "$function$\n";
  }
}
