package dev.lifeline.parser;

import static dev.lifeline.parser.Token.*;

import dev.lifeline.parser.tree.AConst;
import dev.lifeline.parser.tree.Expr;
import dev.lifeline.parser.tree.JsonArgument;
import dev.lifeline.parser.tree.JsonBehavior;
import dev.lifeline.parser.tree.JsonFormat;
import dev.lifeline.parser.tree.JsonQuotes;
import dev.lifeline.parser.tree.JsonTable;
import dev.lifeline.parser.tree.JsonTableColumn;
import dev.lifeline.parser.tree.JsonTablePathSpec;
import dev.lifeline.parser.tree.JsonValueExpr;
import dev.lifeline.parser.tree.JsonWrapper;
import dev.lifeline.parser.tree.TypeName;
import dev.lifeline.parser.tree.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The columns of JSON_TABLE.
final class JsonTableParser {
  private final Grammar g;
  private final Cursor c;
  private final JsonParser json;

  JsonTableParser(Grammar g, JsonParser json) {
    this.g = g;
    this.c = g.cursor;
    this.json = json;
  }

  JsonTable table(
      JsonValueExpr context,
      Expr path,
      @Nullable String name,
      int nameLocation,
      List<JsonArgument> passing,
      List<JsonTableColumn> columns,
      @Nullable JsonBehavior onError,
      boolean lateral,
      int location) {
    JsonTablePathSpec spec = new JsonTablePathSpec(path, name, nameLocation);
    return new JsonTable(
        context, spec, passing, columns, onError, g.from.optAlias(), lateral, location);
  }

  List<JsonTableColumn> columns() {
    return c.parenthesized(this::column);
  }

  private JsonTableColumn column() {
    int location = c.location();
    if (c.at(NESTED) && (c.peek(1) == SCONST || c.at(NESTED, PATH))) {
      return nested();
    }
    String name = c.colId();
    if (c.accept(FOR)) {
      c.expect(ORDINALITY);
      return column(JsonTableColumn.Type.FOR_ORDINALITY, name, null, location);
    }
    TypeName type = g.type.typeName();
    JsonTableColumn.Type kind = JsonTableColumn.Type.REGULAR;
    if (c.accept(EXISTS)) {
      JsonTablePathSpec path = optPath();
      return new JsonTableColumn(
          JsonTableColumn.Type.EXISTS,
          name,
          type,
          path,
          null,
          JsonWrapper.NONE,
          JsonQuotes.UNSPECIFIED,
          List.of(),
          null,
          json.behaviors(false).onError(),
          location);
    }
    JsonFormat format = json.columnFormat();
    if (format != null) {
      kind = JsonTableColumn.Type.FORMATTED;
    }
    JsonTablePathSpec path = optPath();
    JsonWrapper wrapper = json.wrapper();
    JsonQuotes quotes = json.quotes();
    JsonParser.Behaviors behaviors = json.behaviors(true);
    return new JsonTableColumn(
        kind,
        name,
        type,
        path,
        format,
        wrapper,
        quotes,
        List.of(),
        behaviors.onEmpty(),
        behaviors.onError(),
        location);
  }

  private static JsonTableColumn column(
      JsonTableColumn.Type kind, String name, @Nullable TypeName type, int location) {
    return new JsonTableColumn(
        kind,
        name,
        type,
        null,
        null,
        JsonWrapper.UNSPECIFIED,
        JsonQuotes.UNSPECIFIED,
        List.of(),
        null,
        null,
        location);
  }

  private @Nullable JsonTablePathSpec optPath() {
    return c.accept(PATH) ? path() : null;
  }

  private JsonTablePathSpec path() {
    int location = c.location();
    return new JsonTablePathSpec(new AConst(new Value.Str(c.sconst()), location), null, -1);
  }

  private JsonTableColumn nested() {
    int location = c.expect(NESTED);
    c.accept(PATH);
    JsonTablePathSpec path = path();
    if (c.at(AS)) {
      c.advance();
      int nameLocation = c.location();
      path = new JsonTablePathSpec(path.string(), c.colId(), nameLocation);
    }
    c.expect(COLUMNS);
    return new JsonTableColumn(
        JsonTableColumn.Type.NESTED,
        null,
        null,
        path,
        null,
        JsonWrapper.UNSPECIFIED,
        JsonQuotes.UNSPECIFIED,
        columns(),
        null,
        null,
        location);
  }
}
