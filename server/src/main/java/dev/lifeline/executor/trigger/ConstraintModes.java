package dev.lifeline.executor.trigger;

import dev.lifeline.catalog.ForeignKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What SET CONSTRAINTS has said in a transaction. A savepoint that is rolled back takes back what
/// was said since.
final class ConstraintModes {
  /// What it was when a subtransaction first changed it.
  private record Saved(int subId, @Nullable Boolean all, Map<Integer, Boolean> each) {}

  private final List<Saved> saved = new ArrayList<>(0);
  private @Nullable Boolean all;
  private Map<Integer, Boolean> each = Map.of();

  boolean isDeferred(ForeignKey key) {
    if (!key.deferrable()) {
      return false;
    }
    Boolean own = each.get(key.oid());
    if (own != null) {
      return own;
    }
    Boolean every = all;
    return every != null ? every : key.deferred();
  }

  void setAll(int subId, boolean deferred) {
    save(subId);
    all = deferred;
    each = Map.of();
  }

  void set(int subId, int constraint, boolean deferred) {
    save(subId);
    Map<Integer, Boolean> changed = new HashMap<>(each);
    changed.put(constraint, deferred);
    each = changed;
  }

  private void save(int subId) {
    if (saved.isEmpty() || saved.getLast().subId != subId) {
      saved.add(new Saved(subId, all, each));
    }
  }

  void subEnded(int subId, int parentSubId, boolean committed) {
    if (saved.isEmpty() || saved.getLast().subId != subId) {
      return;
    }
    Saved before = saved.removeLast();
    if (!committed) {
      all = before.all;
      each = before.each;
    } else if (saved.isEmpty() || saved.getLast().subId != parentSubId) {
      saved.add(new Saved(parentSubId, before.all, before.each));
    }
  }
}
