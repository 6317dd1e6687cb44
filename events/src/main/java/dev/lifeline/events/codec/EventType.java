package dev.lifeline.events.codec;

import com.fasterxml.jackson.core.JsonParser;
import dev.lifeline.events.LifecycleEvent;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The type of an event as the world outside sees it: its CloudEvents `type` and its JSON Schema.
/// There is one for each record of the sealed hierarchy.
public final class EventType {
  private static final String PREFIX = "dev.lifeline.";
  private static final String VERSION = ".v1";

  private static final List<EventType> ALL =
      records(LifecycleEvent.class).map(EventType::new).toList();
  private static final Map<String, EventType> BY_NAME =
      ALL.stream().collect(Collectors.toMap(EventType::name, Function.identity()));
  private static final Map<Class<?>, EventType> BY_CLASS =
      ALL.stream().collect(Collectors.toMap(EventType::eventClass, Function.identity()));

  private final Class<? extends LifecycleEvent> eventClass;
  private final String family;
  private final String name;
  private final byte[] nameBytes;
  private final int slot;

  /// Made when the type is first written or read: a codec has a method handle for every component,
  /// and a server that starts uses few of the types. Two threads may both make one; either will do.
  private volatile @Nullable RecordCodec codec;

  private EventType(Class<? extends LifecycleEvent> eventClass) {
    this.eventClass = eventClass;
    String familyClass = eventClass.getInterfaces()[0].getSimpleName();
    family =
        familyClass.substring(0, familyClass.length() - "Event".length()).toLowerCase(Locale.ROOT);
    name = PREFIX + family + "." + Names.snakeCase(eventClass.getSimpleName()) + VERSION;
    nameBytes = LineFormat.ascii(name);
    slot = LineFormat.typeSlot(name);
  }

  private RecordCodec codec() {
    RecordCodec made = codec;
    if (made == null) {
      made = new RecordCodec(eventClass);
      codec = made;
    }
    return made;
  }

  /// Every type there is, family by family.
  public static List<EventType> all() {
    return ALL;
  }

  public static EventType of(LifecycleEvent event) {
    return of(event.getClass());
  }

  public static EventType of(Class<? extends LifecycleEvent> eventClass) {
    EventType type = BY_CLASS.get(eventClass);
    if (type == null) {
      throw new IllegalStateException("not in the sealed hierarchy: " + eventClass);
    }
    return type;
  }

  /// The type with this CloudEvents `type`, or null when this version does not know it.
  public static @Nullable EventType byName(String name) {
    return BY_NAME.get(name);
  }

  public Class<? extends LifecycleEvent> eventClass() {
    return eventClass;
  }

  /// `wal`, `checkpoint`, ...
  public String family() {
    return family;
  }

  /// The CloudEvents `type`, `dev.lifeline.wal.flushed.v1`.
  public String name() {
    return name;
  }

  /// The same in ASCII. Not a copy: do not write into it.
  public byte[] nameBytes() {
    return nameBytes;
  }

  /// A CloudEvents `type` without prefix and version, `wal.flushed`; also of a type that this
  /// version does not know.
  public static String shortName(String name) {
    int from = name.startsWith(PREFIX) ? PREFIX.length() : 0;
    int version = name.lastIndexOf(".v");
    return version > from ? name.substring(from, version) : name.substring(from);
  }

  /// The type's name without prefix and version, `wal.flushed`.
  public String shortName() {
    return name.substring(PREFIX.length(), name.length() - VERSION.length());
  }

  /// Its number in the journal's index, see [LineFormat#typeSlot(String)].
  public int slot() {
    return slot;
  }

  /// The CloudEvents `dataschema`, also the schema's `$id`.
  public String schemaId() {
    return "urn:lifeline:schema:" + name;
  }

  /// Where the schema lies in the jar.
  public String schemaResource() {
    return "/schemas/" + name + ".json";
  }

  /// The JSON Schema 2020-12 of the event's `data`, derived from the record.
  public String schema() {
    return dataSchema(
        "\"$schema\": \"https://json-schema.org/draft/2020-12/schema\", \"$id\": \""
            + schemaId()
            + "\", \"title\": \""
            + name
            + "\", ");
  }

  /// The same without its identity, for documents that hold many.
  public String payloadSchema() {
    return dataSchema("");
  }

  private String dataSchema(String before) {
    return codec()
        .objectSchema(
            before,
            List.of(
                "\"pid\": {\"type\": \"integer\", \"minimum\": 0}",
                "\"backend_type\": {\"type\": \"string\"}"));
  }

  void writeData(JsonWriter out, LifecycleEvent event) {
    codec().writeMembers(out, event, false);
  }

  LifecycleEvent readData(JsonParser in) throws IOException {
    return eventClass.cast(codec().read(in));
  }

  @Override
  public String toString() {
    return name;
  }

  private static Stream<Class<? extends LifecycleEvent>> records(Class<?> sealed) {
    if (sealed.isRecord()) {
      return Stream.of(sealed.asSubclass(LifecycleEvent.class));
    }
    return Stream.of(sealed.getPermittedSubclasses()).flatMap(EventType::records);
  }
}
