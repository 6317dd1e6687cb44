package dev.lifeline.utils.adt;

import dev.lifeline.utils.batch.Column;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How a path, an array of texts, leads through arrays and objects.
final class JsonPaths {
  private JsonPaths() {}

  /// An element of a path; null for a null.
  static @Nullable String element(PgArray path, int index) {
    Column texts = path.elements();
    Object text = texts.isNull(index) ? null : texts.getObject(index);
    return text == null ? null : text.toString();
  }

  /// The place in an array that a text means: counted from the end where it is negative.
  ///
  /// @return -1 where there is no such element
  static int index(String text, int size) {
    try {
      long index = Long.parseLong(text.strip());
      return index(index, size);
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  static int index(long index, int size) {
    long place = index < 0 ? size + index : index;
    return place >= 0 && place < size ? (int) place : -1;
  }

  static @Nullable Jsonb get(Jsonb value, PgArray path) {
    Jsonb current = value;
    for (int i = 0; i < path.size(); i++) {
      String step = element(path, i);
      Jsonb next = step == null ? null : step(current, step);
      if (next == null) {
        return null;
      }
      current = next;
    }
    return current;
  }

  private static @Nullable Jsonb step(Jsonb value, String step) {
    return switch (value) {
      case Jsonb.Obj object -> object.get(step);
      case Jsonb.Arr array -> item(array.items(), index(step, array.items().size()));
      default -> null;
    };
  }

  private static <T> @Nullable T item(List<T> items, int index) {
    return index < 0 ? null : items.get(index);
  }

  static @Nullable JsonNode get(JsonNode value, PgArray path) {
    JsonNode current = value;
    for (int i = 0; i < path.size(); i++) {
      String step = element(path, i);
      JsonNode next = step == null ? null : step(current, step);
      if (next == null) {
        return null;
      }
      current = next;
    }
    return current;
  }

  private static @Nullable JsonNode step(JsonNode value, String step) {
    return switch (value.kind()) {
      case OBJECT -> field(value, step);
      case ARRAY -> item(value.items(), index(step, value.items().size()));
      default -> null;
    };
  }

  /// The last value of that key.
  static @Nullable JsonNode field(JsonNode object, String key) {
    return object.kind() == JsonNode.Kind.OBJECT
        ? item(object.items(), object.keys().lastIndexOf(key))
        : null;
  }

  static @Nullable JsonNode item(JsonNode array, long index) {
    return array.kind() == JsonNode.Kind.ARRAY
        ? item(array.items(), index(index, array.items().size()))
        : null;
  }
}
