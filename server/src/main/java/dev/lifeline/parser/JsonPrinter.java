package dev.lifeline.parser;

import static dev.lifeline.parser.SqlText.join;
import static dev.lifeline.parser.SqlText.list;
import static dev.lifeline.parser.SqlText.name;
import static dev.lifeline.parser.SqlText.opt;
import static dev.lifeline.parser.SqlText.optName;
import static dev.lifeline.parser.SqlText.when;

import dev.lifeline.parser.tree.*;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Prints the standard's JSON functions.
final class JsonPrinter {
  private JsonPrinter() {}

  private static String format(@Nullable JsonFormat format) {
    return format == null ? "" : join("FORMAT JSON", optName("ENCODING", format.encoding()));
  }

  private static String value(JsonValueExpr value) {
    return join(ExprPrinter.operand(value.expr()), format(value.format()));
  }

  private static String member(JsonKeyValue member) {
    return ExprPrinter.operand(member.key()) + " : " + value(member.value());
  }

  private static String output(@Nullable JsonOutput output) {
    return output == null
        ? ""
        : join("RETURNING", TypePrinter.type(output.typeName()), format(output.format()));
  }

  private static String onNull(boolean absent) {
    return absent ? "ABSENT ON NULL" : "NULL ON NULL";
  }

  private static String unique(boolean unique) {
    return when(unique, "WITH UNIQUE KEYS");
  }

  static String isPredicate(JsonIsPredicate json) {
    return join(
        ExprPrinter.operand(json.expr()),
        "IS JSON",
        json.item() == JsonIsPredicate.Item.ANY ? "" : json.item().name(),
        unique(json.uniqueKeys()));
  }

  static String object(JsonObjectConstructor json) {
    if (json.exprs().isEmpty()) {
      return "JSON_OBJECT(" + output(json.output()) + ")";
    }
    return "JSON_OBJECT("
        + join(
            list(json.exprs(), JsonPrinter::member),
            onNull(json.absentOnNull()),
            unique(json.unique()),
            output(json.output()))
        + ")";
  }

  static String array(JsonArrayConstructor json) {
    if (json.exprs().isEmpty()) {
      return "JSON_ARRAY(" + output(json.output()) + ")";
    }
    return "JSON_ARRAY("
        + join(
            list(json.exprs(), JsonPrinter::value),
            onNull(json.absentOnNull()),
            output(json.output()))
        + ")";
  }

  static String arrayQuery(JsonArrayQueryConstructor json) {
    return "JSON_ARRAY("
        + join(QueryPrinter.select(json.query()), format(json.format()), output(json.output()))
        + ")";
  }

  static String objectAgg(JsonObjectAgg json) {
    String args =
        join(
            member(json.arg()),
            onNull(json.absentOnNull()),
            unique(json.unique()),
            output(json.output()));
    return join(
        "JSON_OBJECTAGG(" + args + ")", CallPrinter.filterAndOver(json.aggFilter(), json.over()));
  }

  static String arrayAgg(JsonArrayAgg json) {
    String args =
        join(
            value(json.arg()),
            ExprPrinter.orderBy(json.aggOrder()),
            onNull(json.absentOnNull()),
            output(json.output()));
    return join(
        "JSON_ARRAYAGG(" + args + ")", CallPrinter.filterAndOver(json.aggFilter(), json.over()));
  }

  static String parse(JsonParseExpr json) {
    return "JSON(" + join(value(json.expr()), unique(json.uniqueKeys())) + ")";
  }

  static String serialize(JsonSerializeExpr json) {
    return "JSON_SERIALIZE(" + join(value(json.expr()), output(json.output())) + ")";
  }

  static String function(JsonFuncExpr json) {
    return "JSON_"
        + json.op()
        + "("
        + value(json.contextItem())
        + ", "
        + join(
            ExprPrinter.operand(json.pathspec()),
            passing(json.passing()),
            output(json.output()),
            wrapper(json.wrapper()),
            quotes(json.quotes()),
            behaviors(json.onEmpty(), json.onError()))
        + ")";
  }

  private static String passing(List<JsonArgument> args) {
    return args.isEmpty()
        ? ""
        : "PASSING " + list(args, arg -> value(arg.value()) + " AS " + name(arg.name()));
  }

  private static String wrapper(JsonWrapper wrapper) {
    return switch (wrapper) {
      case UNSPECIFIED -> "";
      case NONE -> "WITHOUT WRAPPER";
      case CONDITIONAL -> "WITH CONDITIONAL WRAPPER";
      case UNCONDITIONAL -> "WITH UNCONDITIONAL WRAPPER";
    };
  }

  private static String quotes(JsonQuotes quotes) {
    return switch (quotes) {
      case UNSPECIFIED -> "";
      case KEEP -> "KEEP QUOTES";
      case OMIT -> "OMIT QUOTES";
    };
  }

  private static String behaviors(@Nullable JsonBehavior onEmpty, @Nullable JsonBehavior onError) {
    return join(
        onEmpty == null ? "" : behavior(onEmpty) + " ON EMPTY",
        onError == null ? "" : behavior(onError) + " ON ERROR");
  }

  private static String behavior(JsonBehavior behavior) {
    return join(SqlText.keyword(behavior.type()), opt("", behavior.expr(), ExprPrinter::operand));
  }

  // ---- JSON_TABLE

  static String table(JsonTable table) {
    return "JSON_TABLE("
        + value(table.contextItem())
        + ", "
        + join(
            path(table.pathspec()),
            passing(table.passing()),
            "COLUMNS",
            columns(table.columns()),
            behaviors(null, table.onError()))
        + ")";
  }

  private static String path(JsonTablePathSpec path) {
    return join(ExprPrinter.expr(path.string()), optName("AS", path.name()));
  }

  private static String columns(List<JsonTableColumn> columns) {
    return SqlText.parens(list(columns, JsonPrinter::column));
  }

  private static String column(JsonTableColumn column) {
    String name = optName("", column.name());
    if (column.coltype() == JsonTableColumn.Type.FOR_ORDINALITY) {
      return name + " FOR ORDINALITY";
    }
    if (column.coltype() == JsonTableColumn.Type.NESTED) {
      return join(
          "NESTED PATH",
          opt("", column.pathspec(), JsonPrinter::path),
          "COLUMNS",
          columns(column.columns()));
    }
    boolean exists = column.coltype() == JsonTableColumn.Type.EXISTS;
    return join(
        name,
        opt("", column.typeName(), TypePrinter::type),
        when(exists, "EXISTS"),
        format(column.format()),
        opt("PATH", column.pathspec(), JsonPrinter::path),
        exists ? "" : wrapper(column.wrapper()),
        quotes(column.quotes()),
        behaviors(column.onEmpty(), column.onError()));
  }
}
