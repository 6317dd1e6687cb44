package dev.lifeline.events;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// Random events of every type, from a seed: any values that the record's components can hold, so
/// also texts that need escaping and the ends of number ranges.
public final class RandomEvents {
  private static final List<String> TEXTS =
      List.of(
          "",
          "employees",
          "PM_RUN",
          "quote \" backslash \\ tab \t feed \n null \u0000 delete \u007f",
          "Grüße, 你好, \uD83D\uDC18",
          "half a pair \uD800 alone".replace('\uD800', '?'));

  private final SplittableRandom random;

  public RandomEvents(long seed) {
    random = new SplittableRandom(seed);
  }

  public <E extends LifecycleEvent> E event(Class<E> type) {
    return type.cast(record(type));
  }

  public Subject subject() {
    String type = random.nextBoolean() ? "client backend" : "checkpointer";
    return new Subject(type, random.nextInt(100_000));
  }

  public @Nullable TraceContext trace() {
    if (random.nextInt(3) > 0) {
      return null;
    }
    String trace = "%016x%016x".formatted(random.nextLong() | 1, random.nextLong());
    return new TraceContext(trace, "%016x".formatted(random.nextLong() | 1), random.nextInt(256));
  }

  public Envelope envelope(long systemIdentifier, long sequence, LifecycleEvent event) {
    Instant time =
        Instant.ofEpochSecond(random.nextLong(0, 4_102_444_800L), random.nextInt(1_000_000_000));
    long cause = random.nextInt(3) == 0 ? random.nextLong(sequence) : 0;
    long dropped = random.nextInt(5) == 0 ? random.nextInt(1, 1000) : 0;
    return new Envelope(
        systemIdentifier,
        sequence,
        time,
        subject(),
        cause,
        trace(),
        event,
        dropped,
        dropped == 0 ? null : "No space left on device",
        origin());
  }

  private @Nullable Origin origin() {
    if (random.nextInt(3) > 0) {
      return null;
    }
    String id = random.nextBoolean() ? null : "6b02a500.3d44-" + random.nextInt(1, 1000);
    return new Origin(
        "db1", id, "postgresql+@1.json", random.nextLong(1L << 40), random.nextInt(3));
  }

  private Object record(Class<?> type) {
    RecordComponent[] components = type.getRecordComponents();
    Class<?>[] types = new Class<?>[components.length];
    @Nullable Object[] values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      types[i] = components[i].getType();
      boolean absent =
          components[i].getAnnotatedType().isAnnotationPresent(Nullable.class)
              && random.nextInt(3) == 0;
      boolean unbounded =
          components[i].isAnnotationPresent(Wide.class) || components[i].getName().endsWith("Lsn");
      values[i] = absent ? null : value(components[i].getGenericType(), unbounded);
    }
    try {
      return type.getDeclaredConstructor(types).newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(type.getName(), e);
    }
  }

  private Object value(Type type, boolean unbounded) {
    if (type == int.class || type == Integer.class) {
      return random.nextInt() >> random.nextInt(32);
    }
    if (type == long.class || type == Long.class) {
      return unbounded ? random.nextLong() >> random.nextInt(64) : random.nextLong(1L << 53);
    }
    if (type == double.class) {
      return random.nextLong(1L << random.nextInt(1, 50)) / 1000.0;
    }
    if (type == boolean.class) {
      return random.nextBoolean();
    }
    if (type == String.class) {
      return TEXTS.get(random.nextInt(TEXTS.size()));
    }
    if (type instanceof ParameterizedType generic) {
      List<Object> items = new ArrayList<>();
      for (int i = random.nextInt(4); i > 0; i--) {
        items.add(value(generic.getActualTypeArguments()[0], false));
      }
      return items;
    }
    Class<?> raw = (Class<?>) type;
    if (raw.isEnum()) {
      Object[] constants = raw.getEnumConstants();
      return constants[random.nextInt(constants.length)];
    }
    return record(raw);
  }
}
