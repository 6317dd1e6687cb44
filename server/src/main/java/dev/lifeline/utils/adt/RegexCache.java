package dev.lifeline.utils.adt;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/// The regular expressions that a session used last, compiled.
final class RegexCache {
  private static final int SIZE = 64;

  private record Key(String pattern, String flags) {}

  private final Map<Key, Pattern> patterns =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Pattern> eldest) {
          return size() > SIZE;
        }
      };

  Pattern get(String pattern, String flags) {
    return patterns.computeIfAbsent(
        new Key(pattern, flags), key -> PgRegex.compile(key.pattern, key.flags));
  }
}
