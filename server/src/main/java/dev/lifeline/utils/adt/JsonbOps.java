package dev.lifeline.utils.adt;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// `jsonb`. Stored as its canonical text.
final class JsonbOps extends ObjectOps<Jsonb> {
  /// The first byte of the binary form.
  private static final int VERSION = 1;

  // Tags of key bytes, in the order of the values.
  private static final int KEY_NULL = 1;
  private static final int KEY_STRING = 2;
  private static final int KEY_NUMBER = 3;
  private static final int KEY_BOOL = 4;
  private static final int KEY_ARRAY = 5;
  private static final int KEY_OBJECT = 6;

  private static final NumericOps NUMBERS = new NumericOps();

  @Override
  Jsonb parse(String text, int typmod, EvalContext context) {
    return Jsonb.parse(text);
  }

  @Override
  void format(Jsonb value, EvalContext context, ByteWriter out) {
    out.bytes(JsonText.bytes(value));
  }

  @Override
  Jsonb receive(byte[] data, int offset, int length, int typmod, EvalContext context) {
    int version = length == 0 ? 0 : data[offset];
    if (version != VERSION) {
      throw PgException.error(
          SqlState.INTERNAL_ERROR, "unsupported jsonb version number %d", version);
    }
    return Jsonb.parse(new String(data, offset + 1, length - 1, StandardCharsets.UTF_8));
  }

  @Override
  void send(Jsonb value, EvalContext context, ByteWriter out) {
    out.int8(VERSION);
    out.bytes(JsonText.bytes(value));
  }

  @Override
  int compareValues(Jsonb a, Jsonb b) {
    return a.compareTo(b);
  }

  @Override
  void encodeKey(Jsonb value, ByteWriter out) {
    if (value instanceof Jsonb.Obj) {
      encode(value, out);
      return;
    }
    // A scalar is an array of one, and comes before any that is written as an array.
    List<Jsonb> items = value instanceof Jsonb.Arr array ? array.items() : List.of(value);
    out.int8(KEY_ARRAY);
    out.int32(items.size());
    out.int8(value instanceof Jsonb.Arr ? 1 : 0);
    items.forEach(item -> encode(item, out));
  }

  private static void encode(Jsonb value, ByteWriter out) {
    switch (value) {
      case Jsonb.Null n -> out.int8(KEY_NULL);
      case Jsonb.Str s -> {
        out.int8(KEY_STRING);
        encodeBytes(s.value().getBytes(StandardCharsets.UTF_8), out);
      }
      case Jsonb.Num n -> {
        out.int8(KEY_NUMBER);
        NUMBERS.encodeKey(n.value(), out);
      }
      case Jsonb.Bool b -> {
        out.int8(KEY_BOOL);
        out.int8(b.value() ? 1 : 0);
      }
      case Jsonb.Arr a -> {
        out.int8(KEY_ARRAY);
        out.int32(a.items().size());
        a.items().forEach(item -> encode(item, out));
      }
      case Jsonb.Obj o -> {
        out.int8(KEY_OBJECT);
        out.int32(o.keys().size());
        for (int i = 0; i < o.keys().size(); i++) {
          encodeBytes(o.keys().get(i).getBytes(StandardCharsets.UTF_8), out);
          encode(o.values().get(i), out);
        }
      }
    }
  }

  @Override
  void store(Jsonb value, ByteWriter out) {
    out.bytes(JsonText.bytes(value));
  }

  @Override
  Jsonb load(MemorySegment page, long offset, int length) {
    return Jsonb.parse(new String(copy(page, offset, length), StandardCharsets.UTF_8));
  }
}
