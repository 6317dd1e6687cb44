package dev.lifeline.utils.adt;

import java.util.List;

/// A value in a JSON text, with its place there.
///
/// @param kind what it is
/// @param from where it begins in the text
/// @param to where it ends
/// @param string of a string what it stands for, of a number its digits; else empty
/// @param keys of an object, in their order, duplicates too
/// @param items the elements of an array, or the values of an object's keys
record JsonNode(
    Kind kind, int from, int to, String string, List<String> keys, List<JsonNode> items) {
  enum Kind {
    NULL,
    BOOLEAN,
    NUMBER,
    STRING,
    ARRAY,
    OBJECT
  }

  JsonNode {
    keys = List.copyOf(keys);
    items = List.copyOf(items);
  }

  static JsonNode scalar(Kind kind, int from, int to, String string) {
    return new JsonNode(kind, from, to, string, List.of(), List.of());
  }

  boolean isContainer() {
    return kind == Kind.ARRAY || kind == Kind.OBJECT;
  }

  /// What `json_typeof` calls it.
  String typeName() {
    return switch (kind) {
      case NULL -> "null";
      case BOOLEAN -> "boolean";
      case NUMBER -> "number";
      case STRING -> "string";
      case ARRAY -> "array";
      case OBJECT -> "object";
    };
  }
}
