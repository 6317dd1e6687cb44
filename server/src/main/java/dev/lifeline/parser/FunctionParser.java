package dev.lifeline.parser;

import static dev.lifeline.parser.Token.*;

import dev.lifeline.parser.tree.AConst;
import dev.lifeline.parser.tree.AExpr;
import dev.lifeline.parser.tree.CoalesceExpr;
import dev.lifeline.parser.tree.CoercionForm;
import dev.lifeline.parser.tree.Expr;
import dev.lifeline.parser.tree.FuncCall;
import dev.lifeline.parser.tree.MergeSupportFunc;
import dev.lifeline.parser.tree.MinMaxExpr;
import dev.lifeline.parser.tree.NamedArgExpr;
import dev.lifeline.parser.tree.SortBy;
import dev.lifeline.parser.tree.SqlValueFunction;
import dev.lifeline.parser.tree.TypeCast;
import dev.lifeline.parser.tree.TypeName;
import dev.lifeline.parser.tree.Value;
import dev.lifeline.parser.tree.WindowDef;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Calls: `func_application` with what may follow it, and the functions that have a syntax of their
/// own (`func_expr_common_subexpr`).
final class FunctionParser {
  private final Grammar g;
  private final Cursor c;

  FunctionParser(Grammar g) {
    this.g = g;
    this.c = g.cursor;
  }

  /// A call of a function in `pg_catalog` that some syntax stands for.
  static FuncCall systemCall(String name, List<Expr> args, CoercionForm form, int location) {
    return call(List.of("pg_catalog", name), args, form, location);
  }

  private static FuncCall call(
      List<String> name, List<Expr> args, CoercionForm form, int location) {
    return new FuncCall(
        name, args, List.of(), null, null, false, false, false, false, form, location);
  }

  // ---- func_application

  /// A call, or a type with modifiers and the string behind it; the name has been read.
  Expr callOrConstant(List<String> name, int location) {
    if (c.at(SCONST)) {
      return g.expr.constantOf(typeName(name, List.of(), location));
    }
    int start = c.position();
    FuncCall call = application(name, location);
    if (c.at(SCONST) && mayBeTypeModifiers(call, start)) {
      for (Expr arg : call.args()) {
        if (arg instanceof NamedArgExpr) {
          throw Cursor.syntaxError(arg.location(), "type modifier cannot have parameter name");
        }
      }
      if (!call.aggOrder().isEmpty()) {
        throw Cursor.syntaxError(orderLocation, "type modifier cannot have ORDER BY");
      }
      return g.expr.constantOf(typeName(name, call.args(), location));
    }
    return withClauses(call);
  }

  private boolean mayBeTypeModifiers(FuncCall call, int start) {
    int kind = c.peek(start + 1 - c.position());
    return !call.args().isEmpty() && !call.funcVariadic() && kind != ALL && kind != DISTINCT;
  }

  private static TypeName typeName(List<String> name, List<Expr> typmods, int location) {
    return new TypeName(name, false, false, typmods, List.of(), location);
  }

  private int orderLocation;

  /// `func_application`, from its parenthesis on.
  FuncCall application(List<String> name, int location) {
    c.expect('(');
    if (c.accept(')')) {
      return call(name, List.of(), CoercionForm.EXPLICIT_CALL, location);
    }
    if (c.accept('*')) {
      c.expect(')');
      return new FuncCall(
          name,
          List.of(),
          List.of(),
          null,
          null,
          false,
          true,
          false,
          false,
          CoercionForm.EXPLICIT_CALL,
          location);
    }
    boolean distinct = c.accept(DISTINCT);
    boolean plain = !distinct && !c.accept(ALL);
    boolean variadic = false;
    List<Expr> args;
    if (plain && c.accept(VARIADIC)) {
      variadic = true;
      args = List.of(argument());
    } else {
      Expr first = argument();
      if (c.at(',')) {
        List<Expr> more = new ArrayList<>();
        more.add(first);
        while (!variadic && c.accept(',')) {
          variadic = plain && c.accept(VARIADIC);
          more.add(argument());
        }
        args = List.copyOf(more);
      } else {
        args = List.of(first);
      }
    }
    orderLocation = c.location();
    List<SortBy> order = g.select.optSortClause();
    c.expect(')');
    return new FuncCall(
        name,
        args,
        order,
        null,
        null,
        false,
        false,
        distinct,
        variadic,
        CoercionForm.EXPLICIT_CALL,
        location);
  }

  /// `func_arg_expr`
  Expr argument() {
    int next = c.peek(1);
    if ((next == COLON_EQUALS || next == EQUALS_GREATER) && Cursor.isTypeFunctionName(c.peek())) {
      int location = c.location();
      String name = c.typeFunctionName();
      c.advance();
      return new NamedArgExpr(name, g.expr.aExpr(), location);
    }
    return g.expr.aExpr();
  }

  /// `within_group_clause filter_clause over_clause`
  private Expr withClauses(FuncCall call) {
    int kind = c.peek();
    if (kind != WITHIN && kind != FILTER && kind != OVER) {
      return call;
    }
    List<SortBy> order = call.aggOrder();
    boolean withinGroup = false;
    if (kind == WITHIN) {
      int location = c.advance();
      c.expect(GROUP, '(');
      List<SortBy> within = g.select.sortClause();
      c.expect(')');
      if (!order.isEmpty()) {
        throw Cursor.syntaxError(
            location, "cannot use multiple ORDER BY clauses with WITHIN GROUP");
      }
      if (call.aggDistinct()) {
        throw Cursor.syntaxError(location, "cannot use DISTINCT with WITHIN GROUP");
      }
      if (call.funcVariadic()) {
        throw Cursor.syntaxError(location, "cannot use VARIADIC with WITHIN GROUP");
      }
      order = within;
      withinGroup = true;
    }
    Expr filter = filterClause();
    WindowDef over = overClause();
    return new FuncCall(
        call.funcname(),
        call.args(),
        order,
        filter,
        over,
        withinGroup,
        call.aggStar(),
        call.aggDistinct(),
        call.funcVariadic(),
        call.funcformat(),
        call.location());
  }

  @Nullable Expr filterClause() {
    if (!c.accept(FILTER)) {
      return null;
    }
    c.expect('(', WHERE);
    Expr filter = g.expr.aExpr();
    c.expect(')');
    return filter;
  }

  @Nullable WindowDef overClause() {
    if (!c.at(OVER)) {
      return null;
    }
    c.advance();
    if (c.at('(')) {
      return g.select.windowSpecification(null);
    }
    int location = c.location();
    return new WindowDef(c.colId(), null, List.of(), List.of(), null, location);
  }

  /// `func_expr_windowless`
  Expr windowless() {
    int location = c.location();
    if (atSpecial()) {
      return g.json().atAggregate() ? g.json().aggregate(false) : special();
    }
    int kind = c.peek();
    if (!Cursor.isColId(kind)) {
      return application(List.of(c.typeFunctionName()), location);
    }
    String first = c.colId();
    if (c.at('.') || c.at('[')) {
      return application(c.namesOnly(first, g.expr.indirection()), location);
    }
    if (!Cursor.isTypeFunctionName(kind)) {
      throw c.unexpected();
    }
    return application(List.of(first), location);
  }

  /// Whether a `func_expr_windowless` starts here, rather than a bare name.
  boolean atWindowless() {
    if (atSpecial()) {
      return true;
    }
    int kind = c.peek();
    if (!Cursor.isColId(kind)) {
      return Cursor.isTypeFunctionName(kind);
    }
    int ahead = 1;
    while (c.peek(ahead) == '.' && Cursor.isColLabel(c.peek(ahead + 1))) {
      ahead += 2;
    }
    return c.peek(ahead) == '(' && (ahead > 1 || Cursor.isTypeFunctionName(kind));
  }

  /// As [#atWindowless], where no relation may stand, so that a qualified name is a function's.
  boolean atWindowlessOnly() {
    int next = c.peek(1);
    return atWindowless() || (c.atColId() && (next == '.' || next == '['));
  }

  // ---- func_expr_common_subexpr

  /// Whether the next token starts a function with a syntax of its own.
  boolean atSpecial() {
    int next = c.peek(1);
    return switch (c.peek()) {
      case CURRENT_DATE,
          CURRENT_TIME,
          CURRENT_TIMESTAMP,
          LOCALTIME,
          LOCALTIMESTAMP,
          CURRENT_ROLE,
          CURRENT_USER,
          SESSION_USER,
          SYSTEM_USER,
          USER,
          CURRENT_CATALOG,
          CAST ->
          true;
      case CURRENT_SCHEMA -> next != '(' && next != SCONST;
      case COLLATION -> next == FOR;
      case EXTRACT,
          NORMALIZE,
          OVERLAY,
          POSITION,
          SUBSTRING,
          TREAT,
          TRIM,
          NULLIF,
          COALESCE,
          GREATEST,
          LEAST,
          MERGE_ACTION ->
          next == '(';
      case XMLCONCAT, XMLELEMENT, XMLEXISTS, XMLFOREST, XMLPARSE, XMLPI, XMLROOT, XMLSERIALIZE ->
          next == '(';
      case JSON,
          JSON_OBJECT,
          JSON_ARRAY,
          JSON_SCALAR,
          JSON_SERIALIZE,
          JSON_QUERY,
          JSON_EXISTS,
          JSON_VALUE,
          JSON_OBJECTAGG,
          JSON_ARRAYAGG ->
          next == '(';
      default -> false;
    };
  }

  Expr special() {
    int location = c.location();
    return switch (c.peek()) {
      case CURRENT_DATE -> value(SqlValueFunction.Op.CURRENT_DATE);
      case CURRENT_TIME ->
          timeValue(SqlValueFunction.Op.CURRENT_TIME, SqlValueFunction.Op.CURRENT_TIME_N);
      case CURRENT_TIMESTAMP ->
          timeValue(SqlValueFunction.Op.CURRENT_TIMESTAMP, SqlValueFunction.Op.CURRENT_TIMESTAMP_N);
      case LOCALTIME -> timeValue(SqlValueFunction.Op.LOCALTIME, SqlValueFunction.Op.LOCALTIME_N);
      case LOCALTIMESTAMP ->
          timeValue(SqlValueFunction.Op.LOCALTIMESTAMP, SqlValueFunction.Op.LOCALTIMESTAMP_N);
      case CURRENT_ROLE -> value(SqlValueFunction.Op.CURRENT_ROLE);
      case CURRENT_USER -> value(SqlValueFunction.Op.CURRENT_USER);
      case SESSION_USER -> value(SqlValueFunction.Op.SESSION_USER);
      case USER -> value(SqlValueFunction.Op.USER);
      case CURRENT_CATALOG -> value(SqlValueFunction.Op.CURRENT_CATALOG);
      case CURRENT_SCHEMA -> value(SqlValueFunction.Op.CURRENT_SCHEMA);
      case SYSTEM_USER -> {
        c.advance();
        yield systemCall("system_user", List.of(), CoercionForm.SQL_SYNTAX, location);
      }
      default -> parenthesizedSpecial();
    };
  }

  private Expr value(SqlValueFunction.Op op) {
    return new SqlValueFunction(op, -1, c.advance());
  }

  private Expr timeValue(SqlValueFunction.Op op, SqlValueFunction.Op withPrecision) {
    int location = c.advance();
    if (!c.accept('(')) {
      return new SqlValueFunction(op, -1, location);
    }
    int precision = c.iconst();
    c.expect(')');
    return new SqlValueFunction(withPrecision, precision, location);
  }

  private Expr parenthesizedSpecial() {
    int location = c.location();
    int kind = c.peek();
    return switch (kind) {
      case CAST -> {
        c.expect(CAST, '(');
        Expr arg = g.expr.aExpr();
        c.expect(AS);
        TypeName type = g.type.typeName();
        c.expect(')');
        yield new TypeCast(arg, type, location);
      }
      case TREAT -> {
        c.expect(TREAT, '(');
        Expr arg = g.expr.aExpr();
        c.expect(AS);
        List<String> names = g.type.typeName().names();
        c.expect(')');
        String name = names.get(names.size() - 1);
        yield systemCall(name, List.of(arg), CoercionForm.EXPLICIT_CALL, location);
      }
      case COALESCE -> {
        c.advance();
        yield new CoalesceExpr(g.expr.parenthesizedList(), location);
      }
      case GREATEST, LEAST -> {
        c.advance();
        yield new MinMaxExpr(kind == GREATEST, g.expr.parenthesizedList(), location);
      }
      case NULLIF -> {
        c.expect(NULLIF, '(');
        Expr left = g.expr.aExpr();
        c.expect(',');
        Expr right = g.expr.aExpr();
        c.expect(')');
        yield new AExpr(AExpr.Kind.NULLIF, List.of("="), left, right, location);
      }
      case MERGE_ACTION -> {
        c.expect(MERGE_ACTION, '(', ')');
        yield new MergeSupportFunc(location);
      }
      case EXTRACT, NORMALIZE, OVERLAY, POSITION, SUBSTRING, TRIM, COLLATION -> standardCall(kind);
      case XMLCONCAT, XMLELEMENT, XMLEXISTS, XMLFOREST, XMLPARSE, XMLPI, XMLROOT, XMLSERIALIZE ->
          new XmlParser(g).expression();
      default -> g.json().expression();
    };
  }

  /// The string and date functions to which the standard gave words between their arguments.
  private Expr standardCall(int kind) {
    int location = c.advance();
    if (kind == COLLATION) {
      c.expect(FOR);
    }
    c.expect('(');
    Expr call =
        switch (kind) {
          case COLLATION -> standard("pg_collation_for", List.of(g.expr.aExpr()), location);
          case EXTRACT -> extract(location);
          case NORMALIZE -> normalize(location);
          case POSITION -> {
            Expr substring = g.expr.bExpr();
            c.expect(IN);
            yield standard("position", List.of(g.expr.bExpr(), substring), location);
          }
          case OVERLAY -> overlay(location);
          case SUBSTRING -> substring(location);
          default -> trim(location);
        };
    c.expect(')');
    return call;
  }

  private static Expr standard(String name, List<Expr> args, int location) {
    return systemCall(name, args, CoercionForm.SQL_SYNTAX, location);
  }

  private Expr extract(int location) {
    int at = c.location();
    String field =
        switch (c.peek()) {
          case IDENT, SCONST, YEAR, MONTH, DAY, HOUR, MINUTE, SECOND -> c.text();
          default -> throw c.unexpected();
        };
    c.expect(FROM);
    Expr source = g.expr.aExpr();
    return standard("extract", List.of(new AConst(new Value.Str(field), at), source), location);
  }

  private Expr normalize(int location) {
    Expr arg = g.expr.aExpr();
    if (!c.accept(',')) {
      return standard("normalize", List.of(arg), location);
    }
    int at = c.location();
    AConst form = new AConst(new Value.Str(g.expr.operators().unicodeNormalForm()), at);
    return standard("normalize", List.of(arg, form), location);
  }

  private boolean atNamedArgument() {
    int next = c.peek(1);
    return next == COLON_EQUALS || next == EQUALS_GREATER;
  }

  /// The arguments of a call in ordinary syntax of a function that also has another one.
  private Expr ordinary(String name, List<Expr> args, int location) {
    return call(List.of(name), args, CoercionForm.EXPLICIT_CALL, location);
  }

  private List<Expr> moreArguments(Expr first) {
    List<Expr> args = new ArrayList<>();
    args.add(first);
    while (c.accept(',')) {
      args.add(argument());
    }
    return List.copyOf(args);
  }

  private Expr overlay(int location) {
    if (c.at(')')) {
      return ordinary("overlay", List.of(), location);
    }
    if (atNamedArgument()) {
      return ordinary("overlay", moreArguments(argument()), location);
    }
    Expr first = g.expr.aExpr();
    if (!c.accept(PLACING)) {
      return ordinary("overlay", moreArguments(first), location);
    }
    List<Expr> args = new ArrayList<>(4);
    args.add(first);
    args.add(g.expr.aExpr());
    c.expect(FROM);
    args.add(g.expr.aExpr());
    if (c.accept(FOR)) {
      args.add(g.expr.aExpr());
    }
    return standard("overlay", List.copyOf(args), location);
  }

  private Expr substring(int location) {
    if (c.at(')')) {
      return ordinary("substring", List.of(), location);
    }
    if (atNamedArgument()) {
      return ordinary("substring", moreArguments(argument()), location);
    }
    Expr first = g.expr.substringExpr();
    if (c.accept(SIMILAR)) {
      Expr pattern = g.expr.aExpr();
      c.expect(ESCAPE);
      return standard("substring", List.of(first, pattern, g.expr.aExpr()), location);
    }
    if (c.accept(FROM)) {
      Expr from = g.expr.aExpr();
      return standard(
          "substring",
          c.accept(FOR) ? List.of(first, from, g.expr.aExpr()) : List.of(first, from),
          location);
    }
    if (c.accept(FOR)) {
      Expr length = g.expr.aExpr();
      if (c.accept(FROM)) {
        return standard("substring", List.of(first, g.expr.aExpr(), length), location);
      }
      // The length alone is cast, or the call might mean a pattern.
      Expr cast = new TypeCast(length, TypeParser.systemType("int4", List.of(), -1), -1);
      return standard("substring", List.of(first, TypeParser.intConst(1, -1), cast), location);
    }
    return ordinary("substring", moreArguments(first), location);
  }

  private Expr trim(int location) {
    String name = "btrim";
    if (c.accept(LEADING)) {
      name = "ltrim";
    } else if (c.accept(TRAILING)) {
      name = "rtrim";
    } else {
      c.accept(BOTH);
    }
    if (c.accept(FROM)) {
      return standard(name, g.expr.exprList(), location);
    }
    Expr first = g.expr.aExpr();
    if (c.accept(FROM)) {
      List<Expr> args = new ArrayList<>(g.expr.exprList());
      args.add(first);
      return standard(name, List.copyOf(args), location);
    }
    List<Expr> args = new ArrayList<>();
    args.add(first);
    while (c.accept(',')) {
      args.add(g.expr.aExpr());
    }
    return standard(name, List.copyOf(args), location);
  }
}
