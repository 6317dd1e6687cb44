package dev.lifeline.utils.adt;

import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import dev.lifeline.utils.fmgr.Call;
import dev.lifeline.utils.fmgr.FnTable;
import dev.lifeline.utils.fmgr.SetIterator;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Functions and operators of `jsonb`, but for those that change it at a path.
final class JsonbFunctions {
  private JsonbFunctions() {}

  static void register(FnTable t) {
    t.comparisons("jsonb_", Jsonb::compareTo);
    t.callLong("jsonb_cmp", c -> jsonb(c, 0).compareTo(jsonb(c, 1)));
    t.callBool("jsonb_contains", c -> jsonb(c, 0).contains(jsonb(c, 1)));
    t.callBool("jsonb_contained", c -> jsonb(c, 1).contains(jsonb(c, 0)));
    t.callBool("jsonb_exists", c -> jsonb(c, 0).exists(c.string(1)));
    t.callBool("jsonb_exists_any", c -> exists(c, false));
    t.callBool("jsonb_exists_all", c -> exists(c, true));
    t.callObject("jsonb_object_field", c -> field(c));
    t.callObject("jsonb_object_field_text", c -> text(field(c)));
    t.callObject("jsonb_array_element", c -> item(c));
    t.callObject("jsonb_array_element_text", c -> text(item(c)));
    t.callObject("jsonb_extract_path", c -> JsonPaths.get(jsonb(c, 0), c.array(1)));
    t.callObject("jsonb_extract_path_text", c -> text(JsonPaths.get(jsonb(c, 0), c.array(1))));
    t.callLong("jsonb_array_length", c -> length(jsonb(c, 0)));
    t.callObject("jsonb_typeof", c -> Text.of(jsonb(c, 0).typeName()));
    t.callObject("jsonb_pretty", c -> Text.of(JsonText.pretty(jsonb(c, 0))));
    t.callObject("jsonb_strip_nulls", c -> stripped(jsonb(c, 0)));
    t.set("jsonb_object_keys", JsonbFunctions::keys);
    t.set("jsonb_each", c -> each(c, false));
    t.set("jsonb_each_text", c -> each(c, true));
    t.set("jsonb_array_elements", c -> elements(c, false));
    t.set("jsonb_array_elements_text", c -> elements(c, true));
    registerCasts(t);
    JsonbChanges.register(t);
  }

  static Jsonb jsonb(Call c, int argument) {
    return c.get(argument, Jsonb.class);
  }

  private static boolean exists(Call c, boolean all) {
    PgArray keys = c.array(1);
    for (int i = 0; i < keys.size(); i++) {
      String key = JsonPaths.element(keys, i);
      if (key != null && jsonb(c, 0).exists(key) != all) {
        return !all;
      }
    }
    return all;
  }

  private static @Nullable Jsonb field(Call c) {
    return jsonb(c, 0) instanceof Jsonb.Obj object ? object.get(c.string(1)) : null;
  }

  private static @Nullable Jsonb item(Call c) {
    Jsonb value = jsonb(c, 0);
    if (value instanceof Jsonb.Obj) {
      return null;
    }
    // A scalar counts as an array with one element here.
    List<Jsonb> items = value instanceof Jsonb.Arr array ? array.items() : List.of(value);
    int index = JsonPaths.index(c.getLong(1), items.size());
    return index < 0 ? null : items.get(index);
  }

  private static @Nullable Text text(@Nullable Jsonb value) {
    return value == null || value instanceof Jsonb.Null ? null : JsonText.unquoted(value);
  }

  private static long length(Jsonb value) {
    return switch (value) {
      case Jsonb.Arr array -> array.items().size();
      case Jsonb.Obj object ->
          throw JsonFunctions.refused("cannot get array length of a non-array");
      default -> throw JsonFunctions.refused("cannot get array length of a scalar");
    };
  }

  private static Jsonb stripped(Jsonb value) {
    return switch (value) {
      case Jsonb.Arr array ->
          new Jsonb.Arr(array.items().stream().map(JsonbFunctions::stripped).toList());
      case Jsonb.Obj object -> {
        TreeMap<String, Jsonb> fields = object.fields();
        fields.values().removeIf(v -> v instanceof Jsonb.Null);
        fields.replaceAll((key, v) -> stripped(v));
        yield Jsonb.Obj.of(fields);
      }
      default -> value;
    };
  }

  private static SetIterator keys(Call c) {
    if (!(jsonb(c, 0) instanceof Jsonb.Obj object)) {
      throw JsonFunctions.refused(
          "cannot call %s on %s",
          c.site().name(), jsonb(c, 0) instanceof Jsonb.Arr ? "an array" : "a scalar");
    }
    return new JsonFunctions.Rows(object.keys().size()) {
      @Override
      void write(List<Column> out, int row, int index) {
        out.getFirst().setObject(row, Text.of(object.keys().get(index)));
      }
    };
  }

  private static SetIterator each(Call c, boolean asText) {
    if (!(jsonb(c, 0) instanceof Jsonb.Obj object)) {
      throw JsonFunctions.refused("cannot call %s on a non-object", c.site().name());
    }
    return new JsonFunctions.Rows(object.keys().size()) {
      @Override
      void write(List<Column> out, int row, int index) {
        Jsonb value = object.values().get(index);
        out.get(0).setObject(row, Text.of(object.keys().get(index)));
        Values.set(out.get(1), row, asText ? text(value) : value);
      }
    };
  }

  private static SetIterator elements(Call c, boolean asText) {
    if (!(jsonb(c, 0) instanceof Jsonb.Arr array)) {
      throw JsonFunctions.refused(
          "cannot extract elements from %s",
          jsonb(c, 0) instanceof Jsonb.Obj ? "an object" : "a scalar");
    }
    return new JsonFunctions.Rows(array.items().size()) {
      @Override
      void write(List<Column> out, int row, int index) {
        Jsonb value = array.items().get(index);
        Values.set(out.getFirst(), row, asText ? text(value) : value);
      }
    };
  }

  private static void registerCasts(FnTable t) {
    t.callBool(
        "jsonb_bool",
        c -> {
          if (jsonb(c, 0) instanceof Jsonb.Bool bool) {
            return bool.value();
          }
          throw cannotCast(jsonb(c, 0), "boolean");
        });
    t.callObject("jsonb_numeric", c -> number(c, "numeric"));
    t.callLong("jsonb_int2", c -> integer(c, "smallint", Short.MIN_VALUE, Short.MAX_VALUE));
    t.callLong("jsonb_int4", c -> integer(c, "integer", Integer.MIN_VALUE, Integer.MAX_VALUE));
    t.callLong("jsonb_int8", c -> integer(c, "bigint", Long.MIN_VALUE, Long.MAX_VALUE));
    t.callDouble("jsonb_float8", c -> number(c, "double precision").number().doubleValue());
    t.callDouble("jsonb_float4", c -> number(c, "real").number().floatValue());
  }

  private static Numeric number(Call c, String type) {
    if (jsonb(c, 0) instanceof Jsonb.Num number) {
      return number.value();
    }
    throw cannotCast(jsonb(c, 0), type);
  }

  private static long integer(Call c, String type, long min, long max) {
    BigDecimal rounded = number(c, type).number().setScale(0, RoundingMode.HALF_UP);
    if (rounded.compareTo(BigDecimal.valueOf(min)) < 0
        || rounded.compareTo(BigDecimal.valueOf(max)) > 0) {
      throw PgException.error(SqlState.NUMERIC_VALUE_OUT_OF_RANGE, "%s out of range", type);
    }
    return rounded.longValueExact();
  }

  private static PgException cannotCast(Jsonb value, String type) {
    String what =
        switch (value) {
          case Jsonb.Num n -> "numeric";
          default -> value.typeName();
        };
    return JsonFunctions.refused("cannot cast jsonb %s to type %s", what, type);
  }

  /// `||`
  static Jsonb concat(Jsonb a, Jsonb b) {
    if (a instanceof Jsonb.Obj left && b instanceof Jsonb.Obj right) {
      TreeMap<String, Jsonb> fields = left.fields();
      fields.putAll(right.fields());
      return Jsonb.Obj.of(fields);
    }
    List<Jsonb> items = new ArrayList<>(a instanceof Jsonb.Arr array ? array.items() : List.of(a));
    items.addAll(b instanceof Jsonb.Arr array ? array.items() : List.of(b));
    return new Jsonb.Arr(items);
  }
}
