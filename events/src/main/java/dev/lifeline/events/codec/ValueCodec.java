package dev.lifeline.events.codec;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.lifeline.events.Lsn;
import dev.lifeline.events.Wide;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// How the values of one record component look in JSON.
sealed interface ValueCodec {
  void write(JsonWriter out, Object value);

  /// Reads the value whose first token the parser stands on.
  Object read(JsonParser in) throws IOException;

  /// What a component holds that the text does not mention; null for an absent reference.
  @Nullable Object absent();

  /// The JSON Schema of the value.
  String schema();

  static ValueCodec of(RecordComponent component) {
    return of(
        component.getGenericType(), component.getName(), component.isAnnotationPresent(Wide.class));
  }

  private static ValueCodec of(Type type, String name, boolean wide) {
    if (type == long.class && wide) {
      return new WideCodec();
    }
    if (type == long.class && name.endsWith("Lsn")) {
      return new LsnCodec();
    }
    if (type == int.class || type == Integer.class) {
      return new IntCodec(type == int.class);
    }
    if (type == long.class || type == Long.class) {
      return new LongCodec(type == long.class);
    }
    if (type == double.class) {
      return new DecimalCodec();
    }
    if (type == boolean.class) {
      return new BooleanCodec();
    }
    if (type == String.class) {
      return new StringCodec();
    }
    if (type == Instant.class) {
      return new TimeCodec();
    }
    if (type instanceof Class<?> enumType && enumType.isEnum()) {
      return new EnumCodec(enumType);
    }
    if (type instanceof Class<?> recordType && recordType.isRecord()) {
      return new NestedCodec(new RecordCodec(recordType));
    }
    if (type instanceof ParameterizedType generic && generic.getRawType() == List.class) {
      return new ListCodec(of(generic.getActualTypeArguments()[0], name, false));
    }
    if (type instanceof ParameterizedType generic && generic.getRawType() == Map.class) {
      return new MapCodec(of(generic.getActualTypeArguments()[1], name, false));
    }
    throw new IllegalStateException("no JSON form for component " + name + " of type " + type);
  }

  record IntCodec(boolean primitive) implements ValueCodec {
    @Override
    public void write(JsonWriter out, Object value) {
      out.number((Integer) value);
    }

    @Override
    public Object read(JsonParser in) throws IOException {
      return in.getIntValue();
    }

    @Override
    public @Nullable Object absent() {
      return primitive ? 0 : null;
    }

    @Override
    public String schema() {
      return "{\"type\": \"integer\", \"minimum\": -2147483648, \"maximum\": 2147483647}";
    }
  }

  record LongCodec(boolean primitive) implements ValueCodec {
    @Override
    public void write(JsonWriter out, Object value) {
      out.number((Long) value);
    }

    @Override
    public Object read(JsonParser in) throws IOException {
      return in.getLongValue();
    }

    @Override
    public @Nullable Object absent() {
      return primitive ? 0L : null;
    }

    @Override
    public String schema() {
      return "{\"type\": \"integer\", \"minimum\": -9007199254740991,"
          + " \"maximum\": 9007199254740991}";
    }
  }

  record WideCodec() implements ValueCodec {
    @Override
    public void write(JsonWriter out, Object value) {
      out.raw('"').number((Long) value).raw('"');
    }

    @Override
    public Object read(JsonParser in) throws IOException {
      return Long.parseLong(in.getText());
    }

    @Override
    public Object absent() {
      return 0L;
    }

    @Override
    public String schema() {
      return "{\"type\": \"string\", \"pattern\": \"^-?[0-9]{1,19}$\"}";
    }
  }

  record LsnCodec() implements ValueCodec {
    @Override
    public void write(JsonWriter out, Object value) {
      out.lsn((Long) value);
    }

    @Override
    public Object read(JsonParser in) throws IOException {
      return Lsn.parse(in.getText());
    }

    @Override
    public Object absent() {
      return Lsn.INVALID;
    }

    @Override
    public String schema() {
      return "{\"type\": \"string\", \"pattern\": \"^[0-9A-F]{1,8}/[0-9A-F]{1,8}$\"}";
    }
  }

  record DecimalCodec() implements ValueCodec {
    @Override
    public void write(JsonWriter out, Object value) {
      out.decimal((Double) value);
    }

    @Override
    public Object read(JsonParser in) throws IOException {
      return in.getDoubleValue();
    }

    @Override
    public Object absent() {
      return 0.0;
    }

    @Override
    public String schema() {
      return "{\"type\": \"number\"}";
    }
  }

  record BooleanCodec() implements ValueCodec {
    @Override
    public void write(JsonWriter out, Object value) {
      out.ascii((Boolean) value ? "true" : "false");
    }

    @Override
    public Object read(JsonParser in) throws IOException {
      return in.getBooleanValue();
    }

    @Override
    public Object absent() {
      return false;
    }

    @Override
    public String schema() {
      return "{\"type\": \"boolean\"}";
    }
  }

  record StringCodec() implements ValueCodec {
    @Override
    public void write(JsonWriter out, Object value) {
      out.string((String) value);
    }

    @Override
    public Object read(JsonParser in) throws IOException {
      return in.getText();
    }

    @Override
    public @Nullable Object absent() {
      return null;
    }

    @Override
    public String schema() {
      return "{\"type\": \"string\"}";
    }
  }

  record TimeCodec() implements ValueCodec {
    @Override
    public void write(JsonWriter out, Object value) {
      out.raw('"').ascii(TimeText.format((Instant) value)).raw('"');
    }

    @Override
    public Object read(JsonParser in) throws IOException {
      return Instant.parse(in.getText());
    }

    @Override
    public @Nullable Object absent() {
      return null;
    }

    @Override
    public String schema() {
      return "{\"type\": \"string\", \"format\": \"date-time\"}";
    }
  }

  record EnumCodec(Map<String, Enum<?>> byText) implements ValueCodec {
    EnumCodec(Class<?> type) {
      this(new HashMap<>());
      for (Object constant : type.getEnumConstants()) {
        byText.put(Names.enumText((Enum<?>) constant), (Enum<?>) constant);
      }
    }

    @Override
    public void write(JsonWriter out, Object value) {
      out.raw('"').ascii(Names.enumText((Enum<?>) value)).raw('"');
    }

    @Override
    public Object read(JsonParser in) throws IOException {
      Enum<?> constant = byText.get(in.getText());
      if (constant == null) {
        throw new EventFormatException("unknown word \"" + in.getText() + "\"");
      }
      return constant;
    }

    @Override
    public @Nullable Object absent() {
      return null;
    }

    @Override
    public String schema() {
      List<String> words = byText.keySet().stream().sorted().map(w -> '"' + w + '"').toList();
      return "{\"enum\": [" + String.join(", ", words) + "]}";
    }
  }

  record NestedCodec(RecordCodec codec) implements ValueCodec {
    @Override
    public void write(JsonWriter out, Object value) {
      codec.write(out, value);
    }

    @Override
    public Object read(JsonParser in) throws IOException {
      return codec.read(in);
    }

    @Override
    public @Nullable Object absent() {
      return null;
    }

    @Override
    public String schema() {
      return codec.objectSchema("", List.of());
    }
  }

  record ListCodec(ValueCodec element) implements ValueCodec {
    @Override
    public void write(JsonWriter out, Object value) {
      char separator = '[';
      for (Object item : (List<?>) value) {
        out.raw(separator);
        element.write(out, item);
        separator = ',';
      }
      if (separator == '[') {
        out.raw('[');
      }
      out.raw(']');
    }

    @Override
    public Object read(JsonParser in) throws IOException {
      List<Object> items = new ArrayList<>();
      while (in.nextToken() != JsonToken.END_ARRAY) {
        items.add(element.read(in));
      }
      return items;
    }

    @Override
    public Object absent() {
      return List.of();
    }

    @Override
    public String schema() {
      return "{\"type\": \"array\", \"items\": " + element.schema() + "}";
    }
  }

  /// Keys are strings.
  record MapCodec(ValueCodec element) implements ValueCodec {
    @Override
    public void write(JsonWriter out, Object value) {
      boolean first = true;
      out.raw('{');
      for (Map.Entry<?, ?> entry : new TreeMap<>((Map<?, ?>) value).entrySet()) {
        if (!first) {
          out.raw(',');
        }
        first = false;
        out.string((String) entry.getKey()).raw(':');
        element.write(out, entry.getValue());
      }
      out.raw('}');
    }

    @Override
    public Object read(JsonParser in) throws IOException {
      Map<String, Object> map = new HashMap<>();
      for (String key = in.nextFieldName(); key != null; key = in.nextFieldName()) {
        in.nextToken();
        map.put(key, element.read(in));
      }
      return map;
    }

    @Override
    public Object absent() {
      return Map.of();
    }

    @Override
    public String schema() {
      return "{\"type\": \"object\", \"additionalProperties\": " + element.schema() + "}";
    }
  }
}
