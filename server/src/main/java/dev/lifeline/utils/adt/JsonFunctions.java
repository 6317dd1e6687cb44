package dev.lifeline.utils.adt;

import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import dev.lifeline.utils.fmgr.Call;
import dev.lifeline.utils.fmgr.FnTable;
import dev.lifeline.utils.fmgr.SetIterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Functions that take `json` apart. They hand out pieces of its text as they were written.
final class JsonFunctions {
  private JsonFunctions() {}

  static void register(FnTable t) {
    t.callObject("json_object_field", c -> piece(c, JsonPaths.field(root(c), c.string(1))));
    t.callObject("json_object_field_text", c -> text(c, JsonPaths.field(root(c), c.string(1))));
    t.callObject("json_array_element", c -> piece(c, JsonPaths.item(root(c), c.getLong(1))));
    t.callObject("json_array_element_text", c -> text(c, JsonPaths.item(root(c), c.getLong(1))));
    t.callObject("json_extract_path", c -> piece(c, JsonPaths.get(root(c), c.array(1))));
    t.callObject("json_extract_path_text", c -> text(c, JsonPaths.get(root(c), c.array(1))));
    t.callLong("json_array_length", JsonFunctions::length);
    t.callObject("json_typeof", c -> Text.of(root(c).typeName()));
    t.callObject("json_strip_nulls", c -> Text.of(stripped(c)));
    t.set("json_object_keys", JsonFunctions::keys);
    t.set("json_each", c -> each(c, false));
    t.set("json_each_text", c -> each(c, true));
    t.set("json_array_elements", c -> elements(c, false));
    t.set("json_array_elements_text", c -> elements(c, true));
  }

  private static JsonNode root(Call c) {
    return JsonParser.parse(c.string(0));
  }

  private static @Nullable Text piece(Call c, @Nullable JsonNode node) {
    return node == null ? null : piece(c.string(0), node);
  }

  private static Text piece(String json, JsonNode node) {
    return Text.of(json.substring(node.from(), node.to()));
  }

  private static @Nullable Text text(Call c, @Nullable JsonNode node) {
    return node == null ? null : text(c.string(0), node);
  }

  private static @Nullable Text text(String json, JsonNode node) {
    return switch (node.kind()) {
      case NULL -> null;
      case STRING -> Text.of(node.string());
      default -> piece(json, node);
    };
  }

  static PgException refused(String message, Object... arguments) {
    return PgException.error(SqlState.INVALID_PARAMETER_VALUE, message, arguments);
  }

  private static long length(Call c) {
    JsonNode node = root(c);
    return switch (node.kind()) {
      case ARRAY -> node.items().size();
      case OBJECT -> throw refused("cannot get array length of a non-array");
      default -> throw refused("cannot get array length of a scalar");
    };
  }

  private static SetIterator keys(Call c) {
    JsonNode node = root(c);
    if (node.kind() != JsonNode.Kind.OBJECT) {
      throw refused(
          "cannot call %s on %s",
          c.site().name(), node.kind() == JsonNode.Kind.ARRAY ? "an array" : "a scalar");
    }
    return new Rows(node.keys().size()) {
      @Override
      void write(List<Column> out, int row, int index) {
        out.getFirst().setObject(row, Text.of(node.keys().get(index)));
      }
    };
  }

  private static SetIterator each(Call c, boolean asText) {
    JsonNode node = root(c);
    if (node.kind() != JsonNode.Kind.OBJECT) {
      throw refused(
          node.kind() == JsonNode.Kind.ARRAY
              ? "cannot deconstruct an array as an object"
              : "cannot deconstruct a scalar");
    }
    String json = c.string(0);
    return new Rows(node.keys().size()) {
      @Override
      void write(List<Column> out, int row, int index) {
        JsonNode value = node.items().get(index);
        out.get(0).setObject(row, Text.of(node.keys().get(index)));
        Values.set(out.get(1), row, asText ? text(json, value) : piece(json, value));
      }
    };
  }

  private static SetIterator elements(Call c, boolean asText) {
    JsonNode node = root(c);
    if (node.kind() != JsonNode.Kind.ARRAY) {
      throw refused(
          "cannot call %s on a %s",
          c.site().name(), node.kind() == JsonNode.Kind.OBJECT ? "non-array" : "scalar");
    }
    String json = c.string(0);
    return new Rows(node.items().size()) {
      @Override
      void write(List<Column> out, int row, int index) {
        JsonNode value = node.items().get(index);
        Values.set(out.getFirst(), row, asText ? text(json, value) : piece(json, value));
      }
    };
  }

  /// As many rows as something has parts.
  abstract static class Rows implements SetIterator {
    private final int count;
    private int next;

    Rows(int count) {
      this.count = count;
    }

    abstract void write(List<Column> out, int row, int index);

    @Override
    public boolean next(List<Column> out, int row) {
      if (next == count) {
        return false;
      }
      write(out, row, next++);
      return true;
    }
  }

  private static String stripped(Call c) {
    StringBuilder out = new StringBuilder();
    strip(c.string(0), root(c), out);
    return out.toString();
  }

  private static void strip(String json, JsonNode node, StringBuilder out) {
    switch (node.kind()) {
      case ARRAY -> {
        out.append('[');
        for (int i = 0; i < node.items().size(); i++) {
          out.append(i == 0 ? "" : ",");
          strip(json, node.items().get(i), out);
        }
        out.append(']');
      }
      case OBJECT -> {
        out.append('{');
        boolean first = true;
        for (int i = 0; i < node.items().size(); i++) {
          if (node.items().get(i).kind() != JsonNode.Kind.NULL) {
            out.append(first ? "" : ",");
            JsonText.quote(node.keys().get(i), out);
            out.append(':');
            strip(json, node.items().get(i), out);
            first = false;
          }
        }
        out.append('}');
      }
      case STRING -> JsonText.quote(node.string(), out);
      default -> out.append(json, node.from(), node.to());
    }
  }
}
