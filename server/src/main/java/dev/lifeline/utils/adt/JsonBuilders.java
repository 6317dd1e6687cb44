package dev.lifeline.utils.adt;

import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.batch.Rep;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import dev.lifeline.utils.fmgr.Call;
import dev.lifeline.utils.fmgr.FnTable;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Functions that make JSON of other values: `to_json`, `json_build_object` and their kin.
final class JsonBuilders {
  private JsonBuilders() {}

  static void register(FnTable t) {
    t.callObject("to_json", c -> Text.of(value(c, 0, false)));
    t.callObject("to_jsonb", c -> Jsonb.parse(value(c, 0, false)));
    t.callObject("array_to_json", c -> Text.of(value(c, 0, false)));
    t.callObject("array_to_json_pretty", c -> Text.of(value(c, 0, c.getBool(1))));
    t.callObject("row_to_json", c -> Text.of(value(c, 0, false)));
    t.callObject("row_to_json_pretty", c -> Text.of(value(c, 0, c.getBool(1))));
    t.callObject("json_build_array", c -> text(array(c)));
    t.callObject("json_build_array_noargs", c -> Text.of("[]"));
    t.callObject("json_build_object", c -> text(object(c, false)));
    t.callObject("json_build_object_noargs", c -> Text.of("{}"));
    t.callObject("jsonb_build_array", c -> jsonb(array(c)));
    t.callObject("jsonb_build_array_noargs", c -> Jsonb.parse("[]"));
    t.callObject("jsonb_build_object", c -> jsonb(object(c, true)));
    t.callObject("jsonb_build_object_noargs", c -> Jsonb.parse("{}"));
    t.callObject("json_object", c -> Text.of(pairs(c.array(0))));
    t.callObject("jsonb_object", c -> Jsonb.parse(pairs(c.array(0))));
    t.callObject("json_object_two_arg", c -> Text.of(zipped(c.array(0), c.array(1))));
    t.callObject("jsonb_object_two_arg", c -> Jsonb.parse(zipped(c.array(0), c.array(1))));
  }

  private static @Nullable Text text(@Nullable String json) {
    return json == null ? null : Text.of(json);
  }

  private static @Nullable Jsonb jsonb(@Nullable String json) {
    return json == null ? null : Jsonb.parse(json);
  }

  private static PgType type(Call c, int argument) {
    return Types.get(c.site().argType(argument));
  }

  private static Column column(Call c, int argument) {
    Column column = new Column(c.site().argRep(argument), 1);
    c.copyTo(argument, column, 0);
    return column;
  }

  private static String value(Call c, int argument, boolean pretty) {
    StringBuilder out = new StringBuilder();
    new JsonBuilder(c.context(), out).value(type(c, argument), column(c, argument), 0, pretty);
    return out.toString();
  }

  /// The arguments of a function that takes any number of them.
  private record Arguments(Call call, @Nullable PgArray array) {
    static @Nullable Arguments of(Call c) {
      if (!c.site().variadic()) {
        return new Arguments(c, null);
      }
      return c.isNull(0) ? null : new Arguments(c, c.array(0));
    }

    int count() {
      return array == null ? call.count() : array.size();
    }

    PgType type(int i) {
      return array == null ? JsonBuilders.type(call, i) : array.elementType();
    }

    Column column(int i) {
      return array == null ? JsonBuilders.column(call, i) : array.elements();
    }

    int row(int i) {
      return array == null ? 0 : i;
    }
  }

  private static @Nullable String array(Call c) {
    Arguments arguments = Arguments.of(c);
    if (arguments == null) {
      return null;
    }
    StringBuilder out = new StringBuilder("[");
    JsonBuilder builder = new JsonBuilder(c.context(), out);
    for (int i = 0; i < arguments.count(); i++) {
      out.append(i == 0 ? "" : ", ");
      builder.value(arguments.type(i), arguments.column(i), arguments.row(i), false);
    }
    return out.append(']').toString();
  }

  private static @Nullable String object(Call c, boolean binary) {
    Arguments arguments = Arguments.of(c);
    if (arguments == null) {
      return null;
    }
    if (arguments.count() % 2 != 0) {
      throw PgException.error(
              SqlState.INVALID_PARAMETER_VALUE, "argument list must have even number of elements")
          .hint(
              "The arguments of %s() must consist of alternating keys and values.",
              c.site().name());
    }
    StringBuilder out = new StringBuilder("{");
    JsonBuilder builder = new JsonBuilder(c.context(), out);
    for (int i = 0; i < arguments.count(); i += 2) {
      out.append(i == 0 ? "" : ", ");
      if (arguments.column(i).isNull(arguments.row(i))) {
        throw binary
            ? PgException.error(
                SqlState.INVALID_PARAMETER_VALUE, "argument %d: key must not be null", i + 1)
            : PgException.error(
                    SqlState.INVALID_PARAMETER_VALUE, "argument %d cannot be null", i + 1)
                .hint("Object keys should be text.");
      }
      key(builder, arguments.type(i), arguments.column(i), arguments.row(i), out);
      out.append(" : ");
      builder.value(arguments.type(i + 1), arguments.column(i + 1), arguments.row(i + 1), false);
    }
    return out.append('}').toString();
  }

  /// A key that is not null, as a string.
  static void key(JsonBuilder builder, PgType type, Column column, int row, StringBuilder out) {
    boolean scalar =
        !type.isArray()
            && !(type.rep() == Rep.OBJECT && column.getObject(row) instanceof PgRecord)
            && type.oid() != Types.JSON
            && type.oid() != Types.JSONB;
    if (!scalar) {
      throw PgException.error(
          SqlState.INVALID_PARAMETER_VALUE,
          "key value must be scalar, not array, composite, or json");
    }
    String text =
        type.oid() == Types.BOOL
            ? Boolean.toString(column.getLong(row) != 0)
            : builder.text(type, column, row);
    JsonText.quote(text, out);
  }

  private static PgException subscriptError(String message) {
    return PgException.error(SqlState.ARRAY_ELEMENT_ERROR, message);
  }

  private static String pairs(PgArray array) {
    switch (array.dimensions()) {
      case 0, 1 -> {
        if (array.size() % 2 != 0) {
          throw subscriptError("array must have even number of elements");
        }
      }
      case 2 -> {
        if (array.dimension(1) != 2) {
          throw subscriptError("array must have two columns");
        }
      }
      default -> throw subscriptError("wrong number of array subscripts");
    }
    StringBuilder out = new StringBuilder("{");
    Column texts = array.elements();
    for (int i = 0; i < array.size(); i += 2) {
      pair(texts, i, texts, i + 1, out);
    }
    return out.append('}').toString();
  }

  private static String zipped(PgArray keys, PgArray values) {
    if (keys.dimensions() > 1 || keys.dimensions() != values.dimensions()) {
      throw subscriptError("wrong number of array subscripts");
    }
    if (keys.size() != values.size()) {
      throw subscriptError("mismatched array dimensions");
    }
    StringBuilder out = new StringBuilder("{");
    for (int i = 0; i < keys.size(); i++) {
      pair(keys.elements(), i, values.elements(), i, out);
    }
    return out.append('}').toString();
  }

  private static void pair(Column keys, int key, Column values, int value, StringBuilder out) {
    if (keys.isNull(key)) {
      throw PgException.error(
          SqlState.NULL_VALUE_NOT_ALLOWED, "null value not allowed for object key");
    }
    out.append(out.length() == 1 ? "" : ", ");
    JsonText.quote(Objects.requireNonNull(keys.getObject(key)).toString(), out);
    out.append(" : ");
    if (values.isNull(value)) {
      out.append("null");
    } else {
      JsonText.quote(Objects.requireNonNull(values.getObject(value)).toString(), out);
    }
  }
}
