package dev.lifeline.parser;

import static dev.lifeline.parser.SqlText.join;
import static dev.lifeline.parser.SqlText.label;
import static dev.lifeline.parser.SqlText.list;
import static dev.lifeline.parser.SqlText.name;
import static dev.lifeline.parser.SqlText.opt;
import static dev.lifeline.parser.SqlText.parens;
import static dev.lifeline.parser.SqlText.qualified;
import static dev.lifeline.parser.SqlText.string;
import static dev.lifeline.parser.SqlText.words;

import dev.lifeline.parser.tree.DefElem;
import dev.lifeline.parser.tree.Expr;
import dev.lifeline.parser.tree.Indirection;
import dev.lifeline.parser.tree.Node;
import dev.lifeline.parser.tree.NodeList;
import dev.lifeline.parser.tree.QualifiedName;
import dev.lifeline.parser.tree.RoleSpec;
import dev.lifeline.parser.tree.TypeCast;
import dev.lifeline.parser.tree.TypeName;
import dev.lifeline.parser.tree.Value;
import dev.lifeline.parser.tree.VariableSetStmt;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Prints lists of options in the form that each kind of statement has for them.
final class OptionPrinter {
  private OptionPrinter() {}

  /// The argument of an option in a definition, or in a list of utility options.
  static String arg(Node arg) {
    return switch (arg) {
      case Value value -> ExprPrinter.value(value);
      case TypeName type -> TypePrinter.type(type);
      case QualifiedName operator -> SqlText.operator(operator.names());
      case NodeList nodes -> parens(list(nodes.items(), OptionPrinter::arg));
      case Indirection.Star _ -> "*";
      case RoleSpec role -> role(role);
      case Expr expr -> ExprPrinter.expr(expr);
      case VariableSetStmt set -> set(set);
      default -> throw new IllegalArgumentException("no argument of an option: " + arg);
    };
  }

  static String optionName(DefElem option) {
    String namespace = option.defnamespace();
    return (namespace == null ? "" : label(namespace) + ".") + label(option.defname());
  }

  /// `(name = arg, ...)`
  static String definition(List<DefElem> options) {
    return parens(
        list(
            options,
            option -> join(optionName(option), opt("=", option.arg(), OptionPrinter::arg))));
  }

  static String optDefinition(String words, List<DefElem> options) {
    return options.isEmpty() ? "" : join(words, definition(options));
  }

  /// `(name arg, ...)`
  static String utility(List<DefElem> options) {
    return options.isEmpty()
        ? ""
        : parens(
            list(
                options,
                option ->
                    join(label(option.defname()), opt("", option.arg(), OptionPrinter::arg))));
  }

  /// `OPTIONS (...)`
  static String generic(List<DefElem> options) {
    return options.isEmpty()
        ? ""
        : "OPTIONS "
            + parens(
                list(
                    options,
                    option ->
                        join(
                            option.defaction() == DefElem.Action.UNSPEC
                                ? ""
                                : option.defaction().name(),
                            label(option.defname()),
                            opt("", option.arg(), OptionPrinter::arg))));
  }

  /// The strings of a list that holds nothing else.
  static List<String> strings(@Nullable Node list) {
    return ((NodeList) Objects.requireNonNull(list))
        .items().stream().map(item -> ((Value.Str) item).value()).toList();
  }

  // ---- sequences

  static String sequence(List<DefElem> options) {
    return words(options, OptionPrinter::sequenceOption);
  }

  private static String sequenceOption(DefElem option) {
    Node arg = option.arg();
    String value = arg == null ? "" : arg(arg);
    return switch (option.defname()) {
      case "as" -> "AS " + value;
      case "cycle" -> value.equals("TRUE") ? "CYCLE" : "NO CYCLE";
      case "increment" -> "INCREMENT BY " + value;
      case "start" -> "START WITH " + value;
      case "restart" -> join("RESTART", value);
      case "cache" -> "CACHE " + value;
      case "maxvalue" -> arg == null ? "NO MAXVALUE" : "MAXVALUE " + value;
      case "minvalue" -> arg == null ? "NO MINVALUE" : "MINVALUE " + value;
      case "owned_by" -> "OWNED BY " + names(arg);
      case "sequence_name" -> "SEQUENCE NAME " + names(arg);
      default -> option.defname().toUpperCase(Locale.ROOT);
    };
  }

  static String names(@Nullable Node name) {
    return qualified(((QualifiedName) Objects.requireNonNull(name)).names());
  }

  // ---- roles

  static String role(RoleSpec role) {
    String name = role.rolename();
    return name == null ? role.roletype().name() : name(name);
  }

  static String roles(List<RoleSpec> roles) {
    return list(roles, OptionPrinter::role);
  }

  // ---- settings

  static String set(VariableSetStmt set) {
    String target = variable(set.name());
    String words = set.isLocal() ? "SET LOCAL" : "SET";
    return switch (set.kind()) {
      case VALUE -> join(words, assignment(set, target));
      case DEFAULT -> join(words, target, "TO DEFAULT");
      case CURRENT -> join(words, target, "FROM CURRENT");
      case RESET -> "RESET " + target;
      case RESET_ALL -> "RESET ALL";
      case MULTI -> join(words, multi(set));
    };
  }

  private static String assignment(VariableSetStmt set, String target) {
    boolean zone = set.args().get(0) instanceof TypeCast;
    if (zone) {
      TypeCast cast = (TypeCast) set.args().get(0);
      return "TIME ZONE " + IntervalPrinter.constant(cast);
    }
    return join(target, "TO", list(set.args(), OptionPrinter::arg));
  }

  private static String multi(VariableSetStmt set) {
    String name = set.name();
    if ("TRANSACTION SNAPSHOT".equals(name)) {
      return "TRANSACTION SNAPSHOT " + arg(set.args().get(0));
    }
    String modes = list(set.args(), mode -> transactionMode((DefElem) mode));
    return "TRANSACTION".equals(name)
        ? "TRANSACTION " + modes
        : "SESSION CHARACTERISTICS AS TRANSACTION " + modes;
  }

  static String transactionMode(DefElem mode) {
    Node arg = mode.arg();
    String value = arg == null ? "" : arg(arg);
    return switch (mode.defname()) {
      case "transaction_isolation" ->
          "ISOLATION LEVEL " + value.substring(1, value.length() - 1).toUpperCase(Locale.ROOT);
      case "transaction_read_only" -> value.equals("1") ? "READ ONLY" : "READ WRITE";
      default -> value.equals("1") ? "DEFERRABLE" : "NOT DEFERRABLE";
    };
  }

  /// A parameter's name, which may have a prefix.
  static String variable(@Nullable String name) {
    return name == null ? "" : qualified(List.of(name.split("\\.", -1)));
  }

  static String optString(String words, @Nullable String value) {
    return value == null ? "" : join(words, string(value));
  }

  static String stringOrNull(@Nullable String value) {
    return value == null ? "NULL" : string(value);
  }
}
