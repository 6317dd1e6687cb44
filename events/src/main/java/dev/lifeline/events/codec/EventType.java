package dev.lifeline.events.codec;

import dev.lifeline.events.LifecycleEvent;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The type of an event as the world outside sees it: its CloudEvents `type` and its JSON Schema,
/// in all versions that logs may hold. There is one for each record of the sealed hierarchy.
public final class EventType {
  private static final String PREFIX = "dev.lifeline.";

  private static final List<EventType> ALL =
      records(LifecycleEvent.class).map(EventType::new).toList();
  private static final Map<String, EventVersion> VERSIONS =
      ALL.stream()
          .flatMap(type -> type.versions.stream())
          .collect(Collectors.toMap(EventVersion::name, Function.identity()));
  private static final Map<String, List<String>> BY_SHORT_NAME =
      ALL.stream()
          .collect(
              Collectors.toMap(
                  EventType::shortName,
                  type -> type.versions.stream().map(EventVersion::name).toList()));
  private static final Map<Class<?>, EventType> BY_CLASS =
      ALL.stream().collect(Collectors.toMap(EventType::eventClass, Function.identity()));

  private final Class<? extends LifecycleEvent> eventClass;
  private final String family;
  private final String shortName;

  /// Version 1 first, today's last.
  private final List<EventVersion> versions;

  private final EventVersion current;
  private final byte[] nameBytes;
  private final int slot;

  private EventType(Class<? extends LifecycleEvent> eventClass) {
    this.eventClass = eventClass;
    String familyClass = eventClass.getInterfaces()[0].getSimpleName();
    family =
        familyClass.substring(0, familyClass.length() - "Event".length()).toLowerCase(Locale.ROOT);
    shortName = family + "." + Names.snakeCase(eventClass.getSimpleName());
    versions = versions(eventClass, PREFIX + shortName);
    current = versions.getLast();
    nameBytes = LineFormat.ascii(name());
    slot = LineFormat.typeSlot(name());
  }

  /// From today's back, because each knows the one after it.
  private static List<EventVersion> versions(
      Class<? extends LifecycleEvent> eventClass, String unversioned) {
    List<FormerShapes.Former> formers = FormerShapes.of(eventClass);
    Deque<EventVersion> versions = new ArrayDeque<>();
    EventVersion next =
        new EventVersion(
            unversioned,
            formers.size() + 1,
            eventClass.asSubclass(Record.class),
            UnaryOperator.identity(),
            null);
    versions.addFirst(next);
    for (int i = formers.size(); i >= 1; i--) {
      FormerShapes.Former former = formers.get(i - 1);
      next = new EventVersion(unversioned, i, former.shape(), former.upcaster(), next);
      versions.addFirst(next);
    }
    return List.copyOf(versions);
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

  /// What has this CloudEvents `type`, of today or of before; null when this version of Lifeline
  /// does not know it.
  public static @Nullable EventVersion version(String name) {
    return VERSIONS.get(name);
  }

  /// The CloudEvents `type` of each version of what has this short name; none where it is not
  /// known.
  public static List<String> namesOf(String shortName) {
    return BY_SHORT_NAME.getOrDefault(shortName, List.of());
  }

  /// All versions of the type, the first of them first and today's last.
  public List<EventVersion> versions() {
    return versions;
  }

  /// The version that is written.
  public EventVersion current() {
    return current;
  }

  public Class<? extends LifecycleEvent> eventClass() {
    return eventClass;
  }

  /// `wal`, `checkpoint`, ...
  public String family() {
    return family;
  }

  /// The CloudEvents `type` that is written, `dev.lifeline.wal.flushed.v1`.
  public String name() {
    return current.name();
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
    return shortName;
  }

  /// Its number in the journal's index, see [LineFormat#typeSlot(String)].
  public int slot() {
    return slot;
  }

  void writeData(JsonWriter out, LifecycleEvent event) {
    current.codec().writeMembers(out, event, false);
  }

  @Override
  public String toString() {
    return name();
  }

  private static Stream<Class<? extends LifecycleEvent>> records(Class<?> sealed) {
    if (sealed.isRecord()) {
      return Stream.of(sealed.asSubclass(LifecycleEvent.class));
    }
    return Stream.of(sealed.getPermittedSubclasses()).flatMap(EventType::records);
  }
}
