package dev.lifeline.events.codec;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A record as a JSON object, derived from its components.
///
/// Reading forgives what a log outlives: members that this version does not know are skipped (a
/// newer version wrote them), and members that are missing get their zero or null (an older one
/// did).
public final class RecordCodec {
  private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();
  private static final JsonFactory JSON = new JsonFactory();

  /// One component.
  private static final class Field {
    final String name;

    /// The JSON key with quotes and colon.
    final byte[] label;

    /// Whether it may be missing.
    final boolean nullable;

    final ValueCodec codec;
    final MethodHandle accessor;

    Field(RecordComponent component, MethodHandles.Lookup lookup) {
      name = Names.snakeCase(component.getName());
      label = ('"' + name + "\":").getBytes(StandardCharsets.US_ASCII);
      nullable = component.getAnnotatedType().isAnnotationPresent(Nullable.class);
      codec = ValueCodec.of(component);
      try {
        accessor =
            lookup
                .unreflect(component.getAccessor())
                .asType(MethodType.methodType(Object.class, Object.class));
      } catch (IllegalAccessException e) {
        throw new IllegalStateException("no access to " + name, e);
      }
    }
  }

  private final Class<?> type;
  private final List<Field> fields = new ArrayList<>();
  private final Map<String, Integer> positions = new HashMap<>();
  private final @Nullable Object[] absent;
  private final MethodHandles.Lookup lookup;

  /// Made when the first record is read: the JVM writes half a dozen classes for each, and a server
  /// that starts writes events of thirty types and reads few.
  private volatile @Nullable MethodHandle constructor;

  RecordCodec(Class<?> type) {
    this(type, LOOKUP);
  }

  /// A codec for a record that need not be public.
  ///
  /// @param lookup of a class that may see it
  public RecordCodec(Class<?> type, MethodHandles.Lookup lookup) {
    this.type = type;
    this.lookup = lookup;
    RecordComponent[] components = type.getRecordComponents();
    absent = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      Field field = new Field(components[i], lookup);
      fields.add(field);
      positions.put(field.name, i);
      absent[i] = field.codec.absent();
    }
  }

  /// Appends the record as an object.
  public void write(JsonWriter out, Object record) {
    out.raw('{');
    writeMembers(out, record, true);
    out.raw('}');
  }

  /// Reads a text that is one object.
  ///
  /// @throws EventFormatException when it is not one of this record
  public Object read(byte[] json) {
    try (JsonParser in = JSON.createParser(json)) {
      in.nextToken();
      return read(in);
    } catch (IOException | IllegalArgumentException | DateTimeException e) {
      throw new EventFormatException("not a " + type.getSimpleName() + ": " + e.getMessage(), e);
    }
  }

  /// Appends `"key":value` pairs.
  ///
  /// @param first whether nothing stands before them in the object
  void writeMembers(JsonWriter out, Object record, boolean first) {
    for (int i = 0; i < fields.size(); i++) {
      Field field = fields.get(i);
      Object value = get(field, record);
      if (value == null) {
        if (field.nullable) {
          continue;
        }
        throw new IllegalArgumentException(
            "\"" + field.name + "\" of " + type.getSimpleName() + " is null");
      }
      if (!first) {
        out.raw(',');
      }
      first = false;
      out.raw(field.label);
      field.codec.write(out, value);
    }
  }

  /// Reads the object whose opening brace the parser stands on.
  Object read(JsonParser in) throws IOException {
    if (in.currentToken() != JsonToken.START_OBJECT) {
      throw new EventFormatException("expected an object, found " + in.currentToken());
    }
    @Nullable Object[] values = absent.clone();
    for (String name = in.nextFieldName(); name != null; name = in.nextFieldName()) {
      JsonToken token = in.nextToken();
      Integer position = positions.get(name);
      if (position == null || token == JsonToken.VALUE_NULL) {
        in.skipChildren();
      } else {
        values[position] = fields.get(position).codec.read(in);
      }
    }
    return construct(values);
  }

  /// The JSON Schema of the object.
  ///
  /// @param before members of the schema that come first, each with its comma
  /// @param extra properties that the object has beside the record's, as `"name": schema`
  public String objectSchema(String before, List<String> extra) {
    List<String> properties = new ArrayList<>(extra);
    List<String> required = new ArrayList<>();
    for (String property : extra) {
      required.add(property.substring(0, property.indexOf(':')));
    }
    for (Field field : fields) {
      properties.add('"' + field.name + "\": " + field.codec.schema());
      if (!field.nullable) {
        required.add('"' + field.name + '"');
      }
    }
    return "{"
        + before
        + "\"type\": \"object\", \"properties\": {"
        + String.join(", ", properties)
        + "}, \"required\": ["
        + String.join(", ", required)
        + "]}";
  }

  private MethodHandle constructor() {
    MethodHandle made = constructor;
    if (made != null) {
      return made;
    }
    Class<?>[] parameters =
        Arrays.stream(type.getRecordComponents())
            .map(RecordComponent::getType)
            .toArray(Class<?>[]::new);
    try {
      made =
          lookup
              .findConstructor(type, MethodType.methodType(void.class, parameters))
              .asSpreader(Object[].class, parameters.length)
              .asType(MethodType.methodType(Object.class, Object[].class));
      constructor = made;
      return made;
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("no access to " + type, e);
    }
  }

  private static @Nullable Object get(Field field, Object record) {
    try {
      return (Object) field.accessor.invokeExact(record);
    } catch (Throwable e) {
      throw new IllegalStateException("accessor of " + field.name, e);
    }
  }

  private Object construct(@Nullable Object[] values) {
    for (int i = 0; i < values.length; i++) {
      if (values[i] == null && !fields.get(i).nullable) {
        throw new EventFormatException(
            "\"" + fields.get(i).name + "\" of " + type.getSimpleName() + " is missing");
      }
    }
    try {
      return (Object) constructor().invokeExact(values);
    } catch (Throwable e) {
      throw new EventFormatException("not a valid " + type.getSimpleName() + ": " + e, e);
    }
  }
}
