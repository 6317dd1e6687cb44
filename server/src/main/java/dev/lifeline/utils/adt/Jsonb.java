package dev.lifeline.utils.adt;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A value of type `jsonb`. Immutable.
sealed interface Jsonb extends Comparable<Jsonb> {
  /// `null`, which is not SQL's.
  record Null() implements Jsonb {
    static final Null NULL = new Null();
  }

  /// `true` or `false`.
  record Bool(boolean value) implements Jsonb {}

  /// A number, which keeps its trailing zeros.
  record Num(Numeric value) implements Jsonb {}

  /// A string.
  record Str(String value) implements Jsonb {}

  /// An array.
  record Arr(List<Jsonb> items) implements Jsonb {
    public Arr {
      items = List.copyOf(items);
    }
  }

  /// An object, its keys in the order of [#KEY_ORDER], each once.
  record Obj(List<String> keys, List<Jsonb> values) implements Jsonb {
    public Obj {
      keys = List.copyOf(keys);
      values = List.copyOf(values);
    }

    static Obj of(Map<String, Jsonb> fields) {
      TreeMap<String, Jsonb> sorted = new TreeMap<>(KEY_ORDER);
      sorted.putAll(fields);
      return new Obj(new ArrayList<>(sorted.keySet()), new ArrayList<>(sorted.values()));
    }

    int find(String key) {
      return Collections.binarySearch(keys, key, KEY_ORDER);
    }

    @Nullable Jsonb get(String key) {
      int at = find(key);
      return at < 0 ? null : values.get(at);
    }

    /// Its fields, to be changed.
    TreeMap<String, Jsonb> fields() {
      TreeMap<String, Jsonb> fields = new TreeMap<>(KEY_ORDER);
      for (int i = 0; i < keys.size(); i++) {
        fields.put(keys.get(i), values.get(i));
      }
      return fields;
    }
  }

  /// The shorter key first, then by the bytes.
  Comparator<String> KEY_ORDER =
      (a, b) -> {
        byte[] left = a.getBytes(StandardCharsets.UTF_8);
        byte[] right = b.getBytes(StandardCharsets.UTF_8);
        return left.length != right.length
            ? Integer.compare(left.length, right.length)
            : Arrays.compareUnsigned(left, right);
      };

  static Jsonb parse(String text) {
    return of(JsonParser.parse(text));
  }

  /// Of a parsed text: the last of several equal keys counts.
  static Jsonb of(JsonNode node) {
    return switch (node.kind()) {
      case NULL -> Null.NULL;
      case BOOLEAN -> new Bool(node.string().equals("true"));
      case NUMBER -> new Num(NumericOps.parse(node.string()));
      case STRING -> new Str(node.string());
      case ARRAY -> new Arr(node.items().stream().map(Jsonb::of).toList());
      case OBJECT -> {
        TreeMap<String, Jsonb> fields = new TreeMap<>(KEY_ORDER);
        for (int i = 0; i < node.keys().size(); i++) {
          fields.put(node.keys().get(i), of(node.items().get(i)));
        }
        yield Obj.of(fields);
      }
    };
  }

  default boolean isScalar() {
    return !(this instanceof Arr) && !(this instanceof Obj);
  }

  default String typeName() {
    return switch (this) {
      case Null n -> "null";
      case Bool b -> "boolean";
      case Num n -> "number";
      case Str s -> "string";
      case Arr a -> "array";
      case Obj o -> "object";
    };
  }

  /// Its place in the order of what differs in kind.
  private int rank() {
    return switch (this) {
      case Null n -> 0;
      case Str s -> 1;
      case Num n -> 2;
      case Bool b -> 3;
      case Arr a -> 4;
      case Obj o -> 5;
    };
  }

  /// PostgreSQL's order, in which a scalar at the top counts as an array with one element.
  @Override
  default int compareTo(Jsonb other) {
    if (isScalar() != other.isScalar()) {
      if (this instanceof Obj || other instanceof Obj) {
        return this instanceof Obj ? 1 : -1;
      }
      int size = this instanceof Arr array ? array.items.size() : 1;
      int otherSize = other instanceof Arr array ? array.items.size() : 1;
      return size != otherSize ? Integer.compare(size, otherSize) : isScalar() ? -1 : 1;
    }
    return compareInside(other);
  }

  private int compareInside(Jsonb other) {
    if (rank() != other.rank()) {
      return Integer.compare(rank(), other.rank());
    }
    return switch (this) {
      case Null n -> 0;
      case Bool b -> Boolean.compare(b.value, ((Bool) other).value);
      case Num n -> n.value.compareTo(((Num) other).value);
      case Str s -> compareStrings(s.value, ((Str) other).value);
      case Arr a -> compareAll(a.items, ((Arr) other).items);
      case Obj o -> compareObjects(o, (Obj) other);
    };
  }

  private static int compareStrings(String a, String b) {
    return Arrays.compareUnsigned(
        a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
  }

  private static int compareAll(List<Jsonb> a, List<Jsonb> b) {
    int result = Integer.compare(a.size(), b.size());
    for (int i = 0; result == 0 && i < a.size(); i++) {
      result = a.get(i).compareInside(b.get(i));
    }
    return result;
  }

  private static int compareObjects(Obj a, Obj b) {
    int result = Integer.compare(a.keys.size(), b.keys.size());
    for (int i = 0; result == 0 && i < a.keys.size(); i++) {
      result = compareStrings(a.keys.get(i), b.keys.get(i));
      if (result == 0) {
        result = a.values.get(i).compareInside(b.values.get(i));
      }
    }
    return result;
  }

  /// `@>`: whether everything in the other one is in this one.
  default boolean contains(Jsonb other) {
    return switch (other) {
      case Obj o -> this instanceof Obj self && containsFields(self, o);
      case Arr a -> this instanceof Arr self && containsItems(self, a);
      default -> this instanceof Arr self ? has(self, other) : isScalar() && compareTo(other) == 0;
    };
  }

  /// As [#contains], below the top: there an array does not contain a scalar.
  private boolean containsInside(Jsonb other) {
    return isScalar() == other.isScalar() && (isScalar() ? compareTo(other) == 0 : contains(other));
  }

  private static boolean containsFields(Obj self, Obj other) {
    for (int i = 0; i < other.keys.size(); i++) {
      Jsonb value = self.get(other.keys.get(i));
      if (value == null || !value.containsInside(other.values.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean containsItems(Arr self, Arr other) {
    return other.items.stream()
        .allMatch(item -> self.items.stream().anyMatch(own -> own.containsInside(item)));
  }

  private static boolean has(Arr self, Jsonb scalar) {
    return self.items.stream().anyMatch(own -> own.containsInside(scalar));
  }

  /// `?`: whether it has such a key, or is or has such a string.
  default boolean exists(String key) {
    return switch (this) {
      case Obj o -> o.find(key) >= 0;
      case Arr a -> a.items.contains(new Str(key));
      case Str s -> s.value.equals(key);
      default -> false;
    };
  }
}
