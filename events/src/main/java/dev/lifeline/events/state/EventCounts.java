package dev.lifeline.events.state;

import dev.lifeline.events.LifecycleEvent;
import dev.lifeline.events.codec.EventType;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/// How often each type of event has happened. Immutable; a count of one type copies the counts of
/// its family only.
final class EventCounts {
  /// The place of a type: its family and its number within it.
  private record Place(String label, int family, int member) {}

  private static final Map<Class<?>, Place> PLACES = new HashMap<>();
  private static final int[] FAMILY_SIZES;

  static {
    Map<String, Integer> families = new HashMap<>();
    Map<String, Integer> members = new HashMap<>();
    for (EventType type : EventType.all()) {
      int family = families.computeIfAbsent(type.family(), f -> families.size());
      int member = members.merge(type.family(), 1, Integer::sum) - 1;
      PLACES.put(type.eventClass(), new Place(type.shortName(), family, member));
    }
    FAMILY_SIZES = new int[families.size()];
    families.forEach((name, family) -> FAMILY_SIZES[family] = members.getOrDefault(name, 0));
  }

  static final EventCounts NONE = new EventCounts(zeros());

  private final long[][] counts;

  private EventCounts(long[][] counts) {
    this.counts = counts;
  }

  /// Counts by short type name; names that this version does not know are left out.
  static EventCounts of(Map<String, Long> byName) {
    long[][] counts = zeros();
    for (Place place : PLACES.values()) {
      counts[place.family][place.member] = byName.getOrDefault(place.label, 0L);
    }
    return new EventCounts(counts);
  }

  EventCounts plus(LifecycleEvent event) {
    Place place = place(event.getClass());
    long[][] copy = counts.clone();
    long[] family = copy[place.family].clone();
    family[place.member]++;
    copy[place.family] = family;
    return new EventCounts(copy);
  }

  long get(Class<? extends LifecycleEvent> type) {
    Place place = place(type);
    return counts[place.family][place.member];
  }

  /// Counts by short type name, `wal.flushed`; without those that are zero.
  Map<String, Long> toMap() {
    Map<String, Long> map = new TreeMap<>();
    for (Place place : PLACES.values()) {
      long count = counts[place.family][place.member];
      if (count != 0) {
        map.put(place.label, count);
      }
    }
    return map;
  }

  private static Place place(Class<?> type) {
    Place place = PLACES.get(type);
    if (place == null) {
      throw new IllegalArgumentException("not an event: " + type);
    }
    return place;
  }

  private static long[][] zeros() {
    long[][] zeros = new long[FAMILY_SIZES.length][];
    for (int i = 0; i < zeros.length; i++) {
      zeros[i] = new long[FAMILY_SIZES[i]];
    }
    return zeros;
  }
}
