package dev.lifeline.catalog;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What all sessions of a database have looked up in its catalogs, as far as it is committed. There
/// is one for each database, and one for the catalogs that all databases share.
///
/// 1. A committed change is told ([#invalidate]) after the transaction has become visible and
///    before its locks go, so whoever gets the lock on a relation finds what the lock protects.
/// 2. Every such change counts the generation up, before its commit is acknowledged.
/// 3. An entry is made from a snapshot that is taken after the generation was read, and is thrown
///    away when the generation has changed meanwhile: an entry is never older than its generation.
final class CatalogCache {
  private final Invalidations invalidations;
  private final AtomicLong generation = new AtomicLong();

  /// What was looked up; empty for what is known not to be there.
  private final Map<Object, Optional<Object>> entries = new ConcurrentHashMap<>();

  CatalogCache(Invalidations invalidations) {
    this.invalidations = invalidations;
  }

  long generation() {
    return generation.get();
  }

  /// The entry, loaded where it is missing; null where there is nothing to load.
  <T> @Nullable T get(Object key, Class<T> type, Supplier<@Nullable T> loader) {
    Optional<Object> entry = entries.get(key);
    if (entry == null) {
      long before = generation.get();
      T loaded = loader.get();
      Optional<Object> made = Optional.ofNullable(loaded);
      entries.put(key, made);
      if (generation.get() != before) {
        entries.remove(key, made);
      }
      return loaded;
    }
    return type.cast(entry.orElse(null));
  }

  /// Something has changed for all: forgets these entries, or all with `null`.
  void invalidate(@Nullable Set<?> keys) {
    invalidations.send(() -> forget(keys));
  }

  private void forget(@Nullable Set<?> keys) {
    generation.incrementAndGet();
    if (keys == null) {
      entries.clear();
    } else {
      entries.keySet().removeAll(keys);
    }
    // A second time, so that who read the generation before the entries were gone sees a change.
    generation.incrementAndGet();
  }
}
