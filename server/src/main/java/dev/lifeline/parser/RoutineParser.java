package dev.lifeline.parser;

import static dev.lifeline.parser.Token.*;

import dev.lifeline.parser.tree.AlterFunctionStmt;
import dev.lifeline.parser.tree.CallStmt;
import dev.lifeline.parser.tree.CreateFunctionStmt;
import dev.lifeline.parser.tree.DefElem;
import dev.lifeline.parser.tree.DoStmt;
import dev.lifeline.parser.tree.Expr;
import dev.lifeline.parser.tree.FunctionParameter;
import dev.lifeline.parser.tree.Node;
import dev.lifeline.parser.tree.NodeList;
import dev.lifeline.parser.tree.ObjectType;
import dev.lifeline.parser.tree.ObjectWithArgs;
import dev.lifeline.parser.tree.QualifiedName;
import dev.lifeline.parser.tree.ReturnStmt;
import dev.lifeline.parser.tree.Stmt;
import dev.lifeline.parser.tree.TypeName;
import dev.lifeline.parser.tree.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Functions, procedures, aggregates and operators: their definitions and their signatures.
final class RoutineParser {
  private final Grammar g;
  private final Cursor c;
  private final UtilityGrammar u;

  RoutineParser(Grammar g, UtilityGrammar u) {
    this.g = g;
    this.c = g.cursor;
    this.u = u;
  }

  // ---- parameters

  /// `func_args`
  private List<FunctionParameter> parameters(boolean defaults) {
    c.expect('(');
    if (c.accept(')')) {
      return List.of();
    }
    List<FunctionParameter> parameters = c.commaList(() -> parameter(defaults));
    c.expect(')');
    return parameters;
  }

  /// `func_arg`, or `func_arg_with_default`
  private FunctionParameter parameter(boolean defaults) {
    int location = c.location();
    FunctionParameter.Mode mode = mode();
    String name = null;
    if (atParameterName()) {
      name = c.typeFunctionName();
      if (mode == FunctionParameter.Mode.DEFAULT) {
        mode = mode();
      }
    }
    TypeName type = g.type.funcType();
    Expr otherwise = null;
    if (defaults && (c.accept(DEFAULT) || c.accept('='))) {
      otherwise = g.expr.aExpr();
    }
    return new FunctionParameter(name, type, mode, otherwise, location);
  }

  /// A name, and not the type itself: a mode or a type follows it.
  private boolean atParameterName() {
    if (!Cursor.isTypeFunctionName(c.peek())) {
      return false;
    }
    int next = c.peek(1);
    return next == IN
        || next == OUT
        || next == INOUT
        || next == VARIADIC
        || TypeParser.startsType(next);
  }

  private FunctionParameter.Mode mode() {
    return switch (c.peek()) {
      case IN -> {
        c.advance();
        yield c.accept(OUT) ? FunctionParameter.Mode.INOUT : FunctionParameter.Mode.IN;
      }
      case OUT -> {
        c.advance();
        yield FunctionParameter.Mode.OUT;
      }
      case INOUT -> {
        c.advance();
        yield FunctionParameter.Mode.INOUT;
      }
      case VARIADIC -> {
        c.advance();
        yield FunctionParameter.Mode.VARIADIC;
      }
      default -> FunctionParameter.Mode.DEFAULT;
    };
  }

  // ---- signatures

  private static ObjectWithArgs withArgs(List<String> name, List<FunctionParameter> parameters) {
    List<@Nullable TypeName> types = new ArrayList<>(parameters.size());
    for (FunctionParameter parameter : parameters) {
      FunctionParameter.Mode mode = parameter.mode();
      if (mode != FunctionParameter.Mode.OUT && mode != FunctionParameter.Mode.TABLE) {
        types.add(parameter.argType());
      }
    }
    return new ObjectWithArgs(name, Collections.unmodifiableList(types), parameters, false);
  }

  /// `function_with_argtypes`: the types may be left out.
  ObjectWithArgs functionWithArgTypes() {
    int kind = c.peek();
    List<String> name;
    if (!Cursor.isColId(kind)) {
      name = List.of(c.typeFunctionName());
    } else {
      String first = c.colId();
      name = c.at('.') || c.at('[') ? c.namesOnly(first, g.expr.indirection()) : List.of(first);
      if (c.at('(') && name.size() == 1 && !Cursor.isTypeFunctionName(kind)) {
        throw c.unexpected();
      }
    }
    if (!c.at('(')) {
      return new ObjectWithArgs(name, List.of(), List.of(), true);
    }
    return withArgs(name, parameters(false));
  }

  /// The arguments of an aggregate: all of them, and how many are direct ones (-1 where there is no
  /// ORDER BY).
  record AggregateArgs(List<FunctionParameter> parameters, int direct) {}

  /// `aggr_args`
  AggregateArgs aggregateArgs() {
    c.expect('(');
    if (c.accept('*')) {
      c.expect(')');
      return new AggregateArgs(List.of(), -1);
    }
    List<FunctionParameter> direct =
        c.at(ORDER) ? List.of() : c.commaList(this::aggregateParameter);
    if (!c.accept(ORDER)) {
      c.expect(')');
      return new AggregateArgs(direct, -1);
    }
    c.expect(BY);
    List<FunctionParameter> ordered = c.commaList(this::aggregateParameter);
    c.expect(')');
    return orderedSet(direct, ordered);
  }

  private static AggregateArgs orderedSet(
      List<FunctionParameter> direct, List<FunctionParameter> ordered) {
    List<FunctionParameter> all = new ArrayList<>(direct);
    FunctionParameter last = direct.isEmpty() ? null : direct.get(direct.size() - 1);
    if (last != null && last.mode() == FunctionParameter.Mode.VARIADIC) {
      FunctionParameter first = ordered.get(0);
      if (ordered.size() != 1
          || first.mode() != FunctionParameter.Mode.VARIADIC
          || !sameType(last.argType(), first.argType())) {
        throw Cursor.featureError(
            first.argType().location(),
            "an ordered-set aggregate with a VARIADIC direct argument must have one VARIADIC"
                + " aggregated argument of the same data type");
      }
    } else {
      all.addAll(ordered);
    }
    return new AggregateArgs(List.copyOf(all), direct.size());
  }

  private static boolean sameType(TypeName a, TypeName b) {
    return a.names().equals(b.names())
        && a.setof() == b.setof()
        && a.arrayBounds().equals(b.arrayBounds());
  }

  private FunctionParameter aggregateParameter() {
    FunctionParameter parameter = parameter(false);
    switch (parameter.mode()) {
      case DEFAULT, IN, VARIADIC -> {}
      default ->
          throw Cursor.featureError(
              parameter.location(), "aggregates cannot have output arguments");
    }
    return parameter;
  }

  /// `aggregate_with_argtypes`
  ObjectWithArgs aggregateWithArgTypes() {
    List<String> name = g.from.functionName();
    return withArgs(name, aggregateArgs().parameters());
  }

  /// `operator_with_argtypes`
  ObjectWithArgs operatorWithArgTypes() {
    return operatorWithArgTypes(g.expr.operators().anyOperator());
  }

  ObjectWithArgs operatorWithArgTypes(List<String> name) {
    c.expect('(');
    TypeName left = c.accept(NONE) ? null : g.type.typeName();
    if (left != null && c.at(')')) {
      throw Cursor.syntaxError(c.location(), "missing argument")
          .hint("Use NONE to denote the missing argument of a unary operator.");
    }
    c.expect(',');
    TypeName right = left != null && c.accept(NONE) ? null : g.type.typeName();
    c.expect(')');
    List<@Nullable TypeName> types = new ArrayList<>(2);
    types.add(left);
    types.add(right);
    return new ObjectWithArgs(name, Collections.unmodifiableList(types), List.of(), false);
  }

  // ---- CREATE FUNCTION

  /// CREATE FUNCTION and CREATE PROCEDURE, from that word on.
  Stmt createFunction(boolean replace) {
    boolean procedure = c.at(PROCEDURE);
    c.advance();
    List<String> name = g.from.functionName();
    List<FunctionParameter> parameters = parameters(true);
    TypeName returns = null;
    List<FunctionParameter> columns = List.of();
    if (!procedure && c.at(RETURNS) && c.peek(1) != NULL) {
      c.advance();
      if (c.accept(TABLE)) {
        columns = c.parenthesized(this::tableColumn);
        returns = tableType(columns);
      } else {
        returns = g.type.funcType();
      }
    }
    List<DefElem> options = new ArrayList<>();
    while (true) {
      DefElem option = createOption();
      if (option == null) {
        break;
      }
      options.add(option);
    }
    Node body = body();
    if (!columns.isEmpty()) {
      parameters = withColumns(parameters, columns);
    }
    return new CreateFunctionStmt(
        procedure, replace, name, parameters, returns, List.copyOf(options), body);
  }

  private FunctionParameter tableColumn() {
    int location = c.location();
    String name = c.typeFunctionName();
    return new FunctionParameter(
        name, g.type.funcType(), FunctionParameter.Mode.TABLE, null, location);
  }

  /// What a function returns that returns a table: a set of the column's type, or of records.
  private static TypeName tableType(List<FunctionParameter> columns) {
    TypeName type =
        columns.size() == 1
            ? columns.get(0).argType()
            : TypeParser.systemType("record", List.of(), -1);
    return new TypeName(
        type.names(), true, type.pctType(), type.typmods(), type.arrayBounds(), type.location());
  }

  private static List<FunctionParameter> withColumns(
      List<FunctionParameter> parameters, List<FunctionParameter> columns) {
    for (FunctionParameter parameter : parameters) {
      switch (parameter.mode()) {
        case DEFAULT, IN, VARIADIC -> {}
        default ->
            throw Cursor.syntaxError(
                -1, "OUT and INOUT arguments aren't allowed in TABLE functions");
      }
    }
    List<FunctionParameter> all = new ArrayList<>(parameters);
    all.addAll(columns);
    return List.copyOf(all);
  }

  private @Nullable Node body() {
    if (c.at(RETURN)) {
      return returnStmt();
    }
    if (!c.accept(BEGIN)) {
      return null;
    }
    c.expect(ATOMIC);
    List<Node> statements = new ArrayList<>();
    while (!c.accept(END)) {
      if (c.at(RETURN)) {
        statements.add(returnStmt());
      } else if (!c.at(';')) {
        statements.add(u.stmt());
      }
      c.expect(';');
    }
    return new NodeList(List.copyOf(statements));
  }

  private ReturnStmt returnStmt() {
    c.expect(RETURN);
    return new ReturnStmt(g.expr.aExpr());
  }

  /// `createfunc_opt_item`
  private @Nullable DefElem createOption() {
    int location = c.location();
    return switch (c.peek()) {
      case AS -> {
        c.advance();
        List<String> parts = List.of(c.sconst());
        if (c.accept(',')) {
          parts = List.of(parts.get(0), c.sconst());
        }
        yield DefinitionParser.option("as", DefinitionParser.names(parts), location);
      }
      case LANGUAGE -> {
        c.advance();
        yield string("language", c.nonReservedWordOrSconst(), location);
      }
      case TRANSFORM -> {
        c.advance();
        List<TypeName> types =
            c.commaList(() -> {
              c.expect(FOR, TYPE);
              return g.type.typeName();
            });
        yield DefinitionParser.option("transform", new NodeList(types), location);
      }
      case WINDOW -> {
        c.advance();
        yield DefinitionParser.flag("window", true, location);
      }
      default -> commonOption();
    };
  }

  private static DefElem string(String name, String value, int location) {
    return DefinitionParser.option(name, new Value.Str(value), location);
  }

  /// `common_func_opt_item`; null where none starts.
  private @Nullable DefElem commonOption() {
    int location = c.location();
    return switch (c.peek()) {
      case CALLED -> {
        c.expect(CALLED, ON, NULL);
        c.expect(INPUT);
        yield DefinitionParser.flag("strict", false, location);
      }
      case RETURNS -> {
        c.expect(RETURNS, NULL, ON);
        c.expect(NULL, INPUT);
        yield DefinitionParser.flag("strict", true, location);
      }
      case STRICT -> {
        c.advance();
        yield DefinitionParser.flag("strict", true, location);
      }
      case IMMUTABLE, STABLE, VOLATILE -> string("volatility", c.text(), location);
      case EXTERNAL, SECURITY -> {
        c.accept(EXTERNAL);
        c.expect(SECURITY);
        boolean definer = c.accept(DEFINER);
        if (!definer) {
          c.expect(INVOKER);
        }
        yield DefinitionParser.flag("security", definer, location);
      }
      case LEAKPROOF -> {
        c.advance();
        yield DefinitionParser.flag("leakproof", true, location);
      }
      case NOT -> {
        c.expect(NOT, LEAKPROOF);
        yield DefinitionParser.flag("leakproof", false, location);
      }
      case COST -> {
        c.advance();
        yield DefinitionParser.option("cost", c.numericOnly(), location);
      }
      case ROWS -> {
        c.advance();
        yield DefinitionParser.option("rows", c.numericOnly(), location);
      }
      case SUPPORT -> {
        c.advance();
        yield DefinitionParser.option("support", new QualifiedName(c.anyName()), location);
      }
      case PARALLEL -> {
        c.advance();
        yield string("parallel", c.colId(), location);
      }
      case SET -> {
        c.advance();
        yield DefinitionParser.option("set", u.settings.setRestMore(false), location);
      }
      case RESET -> DefinitionParser.option("set", u.settings.reset(), location);
      default -> null;
    };
  }

  // ---- ALTER FUNCTION

  /// Whether options of ALTER FUNCTION start here.
  boolean atCommonOption() {
    return switch (c.peek()) {
      case CALLED,
          RETURNS,
          STRICT,
          IMMUTABLE,
          STABLE,
          VOLATILE,
          EXTERNAL,
          SECURITY,
          LEAKPROOF,
          NOT,
          COST,
          ROWS,
          SUPPORT,
          PARALLEL,
          RESET ->
          true;
      case SET -> c.peek(1) != SCHEMA || !Cursor.isColId(c.peek(2));
      default -> false;
    };
  }

  Stmt alterFunction(ObjectType type, ObjectWithArgs function) {
    List<DefElem> actions = new ArrayList<>();
    while (true) {
      DefElem action = commonOption();
      if (action == null) {
        break;
      }
      actions.add(action);
    }
    if (actions.isEmpty()) {
      throw c.unexpected();
    }
    c.accept(RESTRICT);
    return new AlterFunctionStmt(type, function, List.copyOf(actions));
  }

  // ---- DO and CALL

  Stmt doStmt() {
    c.expect(DO);
    List<DefElem> args = new ArrayList<>();
    while (c.at(SCONST) || c.at(LANGUAGE) || args.isEmpty()) {
      int location = c.location();
      if (c.accept(LANGUAGE)) {
        args.add(string("language", c.nonReservedWordOrSconst(), location));
      } else {
        args.add(string("as", c.sconst(), location));
      }
    }
    return new DoStmt(List.copyOf(args));
  }

  Stmt call() {
    c.expect(CALL);
    int location = c.location();
    List<String> name = g.from.functionName();
    return new CallStmt(g.function.application(name, location));
  }
}
