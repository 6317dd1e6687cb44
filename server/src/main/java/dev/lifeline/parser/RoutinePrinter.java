package dev.lifeline.parser;

import static dev.lifeline.parser.SqlText.join;
import static dev.lifeline.parser.SqlText.list;
import static dev.lifeline.parser.SqlText.name;
import static dev.lifeline.parser.SqlText.opt;
import static dev.lifeline.parser.SqlText.optQualified;
import static dev.lifeline.parser.SqlText.parens;
import static dev.lifeline.parser.SqlText.qualified;
import static dev.lifeline.parser.SqlText.string;
import static dev.lifeline.parser.SqlText.when;
import static dev.lifeline.parser.SqlText.words;

import dev.lifeline.parser.tree.*;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Prints the definitions of functions, operators, aggregates and of what is made of them.
final class RoutinePrinter {
  private RoutinePrinter() {}

  static String orReplace(boolean replace) {
    return when(replace, "OR REPLACE");
  }

  static String createFunction(CreateFunctionStmt create) {
    List<FunctionParameter> columns =
        create.parameters().stream()
            .filter(parameter -> parameter.mode() == FunctionParameter.Mode.TABLE)
            .toList();
    List<FunctionParameter> parameters =
        create.parameters().stream()
            .filter(parameter -> parameter.mode() != FunctionParameter.Mode.TABLE)
            .toList();
    String returns =
        columns.isEmpty()
            ? opt("RETURNS", create.returnType(), TypePrinter::type)
            : "RETURNS TABLE " + parens(list(columns, ObjectPrinter::parameter));
    return join(
        "CREATE",
        orReplace(create.replace()),
        create.isProcedure() ? "PROCEDURE" : "FUNCTION",
        qualified(create.funcname()),
        parens(list(parameters, ObjectPrinter::parameter)),
        returns,
        words(create.options(), RoutinePrinter::option),
        body(create.sqlBody()));
  }

  private static String body(@Nullable Node body) {
    return switch (body) {
      case null -> "";
      case ReturnStmt returns -> "RETURN " + ExprPrinter.expr(returns.returnval());
      case NodeList statements ->
          "BEGIN ATOMIC "
              + words(statements.items(), stmt -> TreePrinter.print((Stmt) stmt) + ";")
              + " END";
      default -> throw new IllegalArgumentException("no body: " + body);
    };
  }

  private static String option(DefElem option) {
    Node arg = option.arg();
    String value = arg == null ? "" : optionArg(option, arg);
    boolean on = value.equals("TRUE");
    return switch (option.defname()) {
      case "as" -> "AS " + list(OptionPrinter.strings(arg), SqlText::string);
      case "language" -> "LANGUAGE " + value;
      case "transform" ->
          "TRANSFORM "
              + list(
                  ((NodeList) Objects.requireNonNull(arg)).items(),
                  type -> "FOR TYPE " + TypePrinter.type((TypeName) type));
      case "window" -> "WINDOW";
      case "strict" -> on ? "STRICT" : "CALLED ON NULL INPUT";
      case "volatility" -> value.replace("'", "").toUpperCase(Locale.ROOT);
      case "security" -> on ? "SECURITY DEFINER" : "SECURITY INVOKER";
      case "leakproof" -> on ? "LEAKPROOF" : "NOT LEAKPROOF";
      case "cost" -> "COST " + value;
      case "rows" -> "ROWS " + value;
      case "support" -> "SUPPORT " + OptionPrinter.names(arg);
      case "parallel" -> "PARALLEL " + (arg instanceof Value.Str word ? name(word.value()) : "");
      default -> value;
    };
  }

  private static String optionArg(DefElem option, Node arg) {
    return switch (option.defname()) {
      case "as", "transform", "support" -> "";
      default -> OptionPrinter.arg(arg);
    };
  }

  static String alterFunction(AlterFunctionStmt alter) {
    return join(
        "ALTER",
        ObjectPrinter.reference(alter.objtype(), alter.func()),
        words(alter.actions(), RoutinePrinter::option));
  }

  static String doStmt(DoStmt stmt) {
    return join(
        "DO",
        words(
            stmt.args(),
            arg ->
                join(
                    when(arg.defname().equals("language"), "LANGUAGE"),
                    opt("", arg.arg(), OptionPrinter::arg))));
  }

  // ---- DEFINE

  static String define(DefineStmt define) {
    String name =
        define.kind() == ObjectType.OPERATOR
            ? SqlText.anyOperator(define.defnames())
            : qualified(define.defnames());
    boolean copied =
        define.kind() == ObjectType.COLLATION
            && define.definition().size() == 1
            && define.definition().get(0).defname().equals("from")
            && define.definition().get(0).arg() instanceof QualifiedName;
    return join(
        "CREATE",
        orReplace(define.replace()),
        ObjectPrinter.kind(define.kind()),
        when(define.ifNotExists(), "IF NOT EXISTS"),
        name,
        define.kind() == ObjectType.AGGREGATE && !define.oldstyle() ? aggregateArgs(define) : "",
        copied
            ? "FROM " + OptionPrinter.names(define.definition().get(0).arg())
            : OptionPrinter.optDefinition("", define.definition()));
  }

  private static String aggregateArgs(DefineStmt define) {
    List<FunctionParameter> args = define.args();
    int direct = define.numDirectArgs();
    if (direct < 0) {
      return parens(args.isEmpty() ? "*" : list(args, ObjectPrinter::parameter));
    }
    // An ordered-set aggregate with a VARIADIC direct argument has it once in the tree.
    List<FunctionParameter> ordered =
        direct == args.size()
            ? args.subList(direct - 1, direct)
            : args.subList(direct, args.size());
    return parens(
        join(
            list(args.subList(0, direct), ObjectPrinter::parameter),
            "ORDER BY",
            list(ordered, ObjectPrinter::parameter)));
  }

  // ---- operator classes, casts, transforms, languages

  static String createOpClass(CreateOpClassStmt create) {
    return join(
        "CREATE OPERATOR CLASS",
        qualified(create.opclassname()),
        when(create.isDefault(), "DEFAULT"),
        "FOR TYPE",
        TypePrinter.type(create.datatype()),
        "USING",
        name(create.amname()),
        optQualified("FAMILY", create.opfamilyname()),
        "AS",
        list(create.items(), RoutinePrinter::opClassItem));
  }

  static String alterOpFamily(AlterOpFamilyStmt alter) {
    return join(
        "ALTER OPERATOR FAMILY",
        qualified(alter.opfamilyname()),
        "USING",
        name(alter.amname()),
        alter.isDrop() ? "DROP" : "ADD",
        list(alter.items(), RoutinePrinter::opClassItem));
  }

  private static String opClassItem(CreateOpClassItem item) {
    String types = SqlText.optParens(item.classArgs(), TypePrinter::type);
    return switch (item.itemtype()) {
      case STORAGETYPE -> opt("STORAGE", item.storedtype(), TypePrinter::type);
      case OPERATOR ->
          join(
              "OPERATOR " + item.number(),
              opt("", item.name(), ObjectPrinter::operator),
              types,
              optQualified("FOR ORDER BY", item.orderFamily()));
      case FUNCTION ->
          join("FUNCTION " + item.number(), types, opt("", item.name(), ObjectPrinter::function));
    };
  }

  static String createCast(CreateCastStmt create) {
    String how = "WITHOUT FUNCTION";
    if (create.inout()) {
      how = "WITH INOUT";
    } else if (create.func() != null) {
      how = opt("WITH FUNCTION", create.func(), ObjectPrinter::function);
    }
    return join(
        "CREATE CAST",
        parens(
            TypePrinter.type(create.sourcetype()) + " AS " + TypePrinter.type(create.targettype())),
        how,
        switch (create.context()) {
          case EXPLICIT -> "";
          case ASSIGNMENT -> "AS ASSIGNMENT";
          case IMPLICIT -> "AS IMPLICIT";
        });
  }

  static String createTransform(CreateTransformStmt create) {
    String from = opt("FROM SQL WITH FUNCTION", create.fromsql(), ObjectPrinter::function);
    String to = opt("TO SQL WITH FUNCTION", create.tosql(), ObjectPrinter::function);
    return join(
        "CREATE",
        orReplace(create.replace()),
        "TRANSFORM FOR",
        TypePrinter.type(create.typeName()),
        "LANGUAGE",
        name(create.lang()),
        parens(from + when(!from.isEmpty() && !to.isEmpty(), ", ") + to));
  }

  static String createLanguage(CreatePLangStmt create) {
    return join(
        "CREATE",
        orReplace(create.replace()),
        when(create.pltrusted(), "TRUSTED"),
        "LANGUAGE",
        name(create.plname()),
        optQualified("HANDLER", create.plhandler()),
        optQualified("INLINE", create.plinline()),
        optQualified("VALIDATOR", create.plvalidator()));
  }

  static String createConversion(CreateConversionStmt create) {
    return join(
        "CREATE",
        when(create.def(), "DEFAULT"),
        "CONVERSION",
        qualified(create.conversionName()),
        "FOR",
        string(create.forEncodingName()),
        "TO",
        string(create.toEncodingName()),
        "FROM",
        qualified(create.funcName()));
  }
}
