package dev.lifeline.parser;

import static dev.lifeline.parser.Token.*;

import dev.lifeline.parser.tree.AConst;
import dev.lifeline.parser.tree.CoercionForm;
import dev.lifeline.parser.tree.Expr;
import dev.lifeline.parser.tree.JsonArgument;
import dev.lifeline.parser.tree.JsonArrayAgg;
import dev.lifeline.parser.tree.JsonArrayConstructor;
import dev.lifeline.parser.tree.JsonArrayQueryConstructor;
import dev.lifeline.parser.tree.JsonBehavior;
import dev.lifeline.parser.tree.JsonFormat;
import dev.lifeline.parser.tree.JsonFuncExpr;
import dev.lifeline.parser.tree.JsonKeyValue;
import dev.lifeline.parser.tree.JsonObjectAgg;
import dev.lifeline.parser.tree.JsonObjectConstructor;
import dev.lifeline.parser.tree.JsonOutput;
import dev.lifeline.parser.tree.JsonParseExpr;
import dev.lifeline.parser.tree.JsonQuotes;
import dev.lifeline.parser.tree.JsonScalarExpr;
import dev.lifeline.parser.tree.JsonSerializeExpr;
import dev.lifeline.parser.tree.JsonValueExpr;
import dev.lifeline.parser.tree.JsonWrapper;
import dev.lifeline.parser.tree.SelectStmt;
import dev.lifeline.parser.tree.SortBy;
import dev.lifeline.parser.tree.TableRef;
import dev.lifeline.parser.tree.TypeName;
import dev.lifeline.parser.tree.Value;
import dev.lifeline.parser.tree.WindowDef;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The standard's JSON constructors and query functions.
final class JsonParser {
  private final Grammar g;
  private final Cursor c;

  JsonParser(Grammar g) {
    this.g = g;
    this.c = g.cursor;
  }

  boolean atAggregate() {
    return (c.at(JSON_OBJECTAGG) || c.at(JSON_ARRAYAGG)) && c.peek(1) == '(';
  }

  Expr expression() {
    if (atAggregate()) {
      return aggregate(true);
    }
    int kind = c.peek();
    int location = c.advance();
    c.expect('(');
    Expr expr =
        switch (kind) {
          case JSON -> {
            JsonValueExpr value = value();
            yield new JsonParseExpr(value, keyUniqueness(), location);
          }
          case JSON_SCALAR -> new JsonScalarExpr(g.expr.aExpr(), location);
          case JSON_SERIALIZE -> {
            JsonValueExpr value = value();
            yield new JsonSerializeExpr(value, optOutput(), location);
          }
          case JSON_OBJECT -> object(location);
          case JSON_ARRAY -> array(location);
          case JSON_QUERY -> query(JsonFuncExpr.Op.QUERY, location);
          case JSON_EXISTS -> query(JsonFuncExpr.Op.EXISTS, location);
          default -> query(JsonFuncExpr.Op.VALUE, location);
        };
    c.expect(')');
    return expr;
  }

  // ---- constructors

  private Expr object(int location) {
    if (c.at(')') || c.at(RETURNING)) {
      return new JsonObjectConstructor(List.of(), optOutput(), false, false, location);
    }
    int next = c.peek(1);
    if ((next == COLON_EQUALS || next == EQUALS_GREATER) && Cursor.isTypeFunctionName(c.peek())) {
      return objectCall(null, location);
    }
    Expr first = g.expr.aExpr();
    if (!(c.at(':') || (c.at(VALUE) && g.expr.wasSingle()))) {
      return objectCall(first, location);
    }
    List<JsonKeyValue> members = new ArrayList<>();
    members.add(member(first));
    while (c.accept(',')) {
      members.add(member(g.expr.aExpr()));
    }
    boolean absent = absentOnNull(false);
    boolean unique = keyUniqueness();
    return new JsonObjectConstructor(List.copyOf(members), optOutput(), absent, unique, location);
  }

  /// The older functions of that name keep their ordinary syntax.
  private Expr objectCall(@Nullable Expr first, int location) {
    List<Expr> args = new ArrayList<>();
    if (first == null) {
      args.add(g.function.argument());
    } else {
      args.add(first);
    }
    while (c.accept(',')) {
      args.add(g.function.argument());
    }
    return FunctionParser.systemCall(
        "json_object", List.copyOf(args), CoercionForm.EXPLICIT_CALL, location);
  }

  private JsonKeyValue member(Expr key) {
    if (c.at(VALUE) && g.expr.wasSingle()) {
      c.advance();
    } else {
      c.expect(':');
    }
    return new JsonKeyValue(key, value());
  }

  private Expr array(int location) {
    if (c.at(')') || c.at(RETURNING)) {
      return new JsonArrayConstructor(List.of(), optOutput(), true, location);
    }
    if (g.select.atSelect()) {
      SelectStmt query = g.select.selectNoParens();
      JsonFormat format = optFormat();
      return new JsonArrayQueryConstructor(query, format, optOutput(), true, location);
    }
    List<JsonValueExpr> values = c.commaList(this::value);
    boolean absent = absentOnNull(true);
    return new JsonArrayConstructor(values, optOutput(), absent, location);
  }

  Expr aggregate(boolean windows) {
    boolean object = c.at(JSON_OBJECTAGG);
    int location = c.advance();
    c.expect('(');
    if (object) {
      JsonKeyValue member = member(g.expr.aExpr());
      boolean absent = absentOnNull(false);
      boolean unique = keyUniqueness();
      JsonOutput output = optOutput();
      c.expect(')');
      Expr filter = windows ? g.function.filterClause() : null;
      WindowDef over = windows ? g.function.overClause() : null;
      return new JsonObjectAgg(member, output, filter, over, absent, unique, location);
    }
    JsonValueExpr value = value();
    List<SortBy> order = g.select.optSortClause();
    boolean absent = absentOnNull(true);
    JsonOutput output = optOutput();
    c.expect(')');
    Expr filter = windows ? g.function.filterClause() : null;
    WindowDef over = windows ? g.function.overClause() : null;
    return new JsonArrayAgg(value, output, order, filter, over, absent, location);
  }

  private boolean absentOnNull(boolean otherwise) {
    boolean absent = c.at(ABSENT);
    if (!absent && !c.at(NULL)) {
      return otherwise;
    }
    c.advance();
    c.expect(ON, NULL);
    return absent;
  }

  /// `json_key_uniqueness_constraint_opt`
  boolean keyUniqueness() {
    boolean with = c.accept(WITH);
    if (!with && !c.accept(WITHOUT)) {
      return false;
    }
    c.expect(UNIQUE);
    c.accept(KEYS);
    return with;
  }

  // ---- parts

  /// `json_value_expr`
  private JsonValueExpr value() {
    Expr expr = g.expr.aExpr();
    return new JsonValueExpr(expr, optFormat());
  }

  private @Nullable JsonFormat optFormat() {
    if (!c.at(FORMAT_LA)) {
      return null;
    }
    int location = c.expect(FORMAT_LA, JSON);
    String encoding = null;
    if (c.accept(ENCODING)) {
      String name = c.colId();
      encoding = name.toLowerCase(Locale.ROOT);
      if (!encoding.equals("utf8") && !encoding.equals("utf16") && !encoding.equals("utf32")) {
        throw PgException.error(
            SqlState.INVALID_PARAMETER_VALUE, "unrecognized JSON encoding: %s", name);
      }
    }
    return new JsonFormat(encoding, location);
  }

  private @Nullable JsonOutput optOutput() {
    if (!c.accept(RETURNING)) {
      return null;
    }
    TypeName type = g.type.typeName();
    return new JsonOutput(type, optFormat());
  }

  private List<JsonArgument> optPassing() {
    if (!c.accept(PASSING)) {
      return List.of();
    }
    return c.commaList(() -> {
      JsonValueExpr value = value();
      c.expect(AS);
      return new JsonArgument(value, c.colLabel());
    });
  }

  // ---- query functions

  private Expr query(JsonFuncExpr.Op op, int location) {
    JsonValueExpr context = value();
    c.expect(',');
    Expr path = g.expr.aExpr();
    List<JsonArgument> passing = optPassing();
    JsonOutput output = op == JsonFuncExpr.Op.EXISTS ? null : optOutput();
    JsonWrapper wrapper = JsonWrapper.UNSPECIFIED;
    JsonQuotes quotes = JsonQuotes.UNSPECIFIED;
    if (op == JsonFuncExpr.Op.QUERY) {
      wrapper = wrapper();
      quotes = quotes();
    }
    Behaviors behaviors = behaviors(op != JsonFuncExpr.Op.EXISTS);
    return new JsonFuncExpr(
        op,
        context,
        path,
        passing,
        output,
        behaviors.onEmpty(),
        behaviors.onError(),
        wrapper,
        quotes,
        location);
  }

  JsonWrapper wrapper() {
    if (c.accept(WITHOUT)) {
      c.accept(ARRAY);
      c.expect(WRAPPER);
      return JsonWrapper.NONE;
    }
    if (!c.accept(WITH)) {
      return JsonWrapper.UNSPECIFIED;
    }
    boolean conditional = c.accept(CONDITIONAL);
    if (!conditional) {
      c.accept(UNCONDITIONAL);
    }
    c.accept(ARRAY);
    c.expect(WRAPPER);
    return conditional ? JsonWrapper.CONDITIONAL : JsonWrapper.UNCONDITIONAL;
  }

  JsonQuotes quotes() {
    boolean keep = c.at(KEEP);
    if (!keep && !c.at(OMIT)) {
      return JsonQuotes.UNSPECIFIED;
    }
    c.advance();
    c.expect(QUOTES);
    if (c.accept(ON)) {
      c.expect(SCALAR, STRING);
    }
    return keep ? JsonQuotes.KEEP : JsonQuotes.OMIT;
  }

  record Behaviors(@Nullable JsonBehavior onEmpty, @Nullable JsonBehavior onError) {}

  /// `json_behavior_clause_opt`, or, without ON EMPTY, `json_on_error_clause_opt`.
  Behaviors behaviors(boolean emptyToo) {
    if (!atBehavior()) {
      return new Behaviors(null, null);
    }
    JsonBehavior first = behavior();
    c.expect(ON);
    if (!emptyToo || !c.accept(EMPTY)) {
      c.expect(Token.ERROR);
      return new Behaviors(null, first);
    }
    if (!atBehavior()) {
      return new Behaviors(first, null);
    }
    JsonBehavior second = behavior();
    c.expect(ON, Token.ERROR);
    return new Behaviors(first, second);
  }

  private boolean atBehavior() {
    return switch (c.peek()) {
      case DEFAULT, Token.ERROR, NULL, TRUE, FALSE, UNKNOWN, EMPTY -> true;
      default -> false;
    };
  }

  private JsonBehavior behavior() {
    int kind = c.peek();
    int location = c.advance();
    if (kind == DEFAULT) {
      return new JsonBehavior(JsonBehavior.Type.DEFAULT, g.expr.aExpr(), location);
    }
    JsonBehavior.Type type =
        switch (kind) {
          case Token.ERROR -> JsonBehavior.Type.ERROR;
          case NULL -> JsonBehavior.Type.NULL;
          case TRUE -> JsonBehavior.Type.TRUE;
          case FALSE -> JsonBehavior.Type.FALSE;
          case UNKNOWN -> JsonBehavior.Type.UNKNOWN;
          default -> {
            if (c.accept(OBJECT)) {
              yield JsonBehavior.Type.EMPTY_OBJECT;
            }
            c.accept(ARRAY);
            yield JsonBehavior.Type.EMPTY_ARRAY;
          }
        };
    return new JsonBehavior(type, null, location);
  }

  // ---- JSON_TABLE

  TableRef table(boolean lateral) {
    int location = c.expect(JSON_TABLE, '(');
    JsonValueExpr context = value();
    c.expect(',');
    int pathLocation = c.location();
    Expr path = g.expr.aExpr();
    int nameLocation = c.location();
    String name = c.accept(AS) ? c.colId() : null;
    List<JsonArgument> passing = optPassing();
    c.expect(COLUMNS);
    JsonTableParser tables = new JsonTableParser(g, this);
    var columns = tables.columns();
    JsonBehavior onError = behaviors(false).onError();
    c.expect(')');
    if (!(path instanceof AConst constant && constant.value() instanceof Value.Str)) {
      throw Cursor.featureError(
          pathLocation, "only string constants are supported in JSON_TABLE path specification");
    }
    return tables.table(
        context, path, name, nameLocation, passing, columns, onError, lateral, location);
  }

  @Nullable JsonFormat columnFormat() {
    return optFormat();
  }
}
