package dev.lifeline.executor.trigger;

import dev.lifeline.catalog.ForeignKey;
import dev.lifeline.catalog.SessionCatalog;
import dev.lifeline.executor.DirectQuery;
import dev.lifeline.executor.QueryPlan;
import dev.lifeline.executor.SessionContext;
import dev.lifeline.executor.Storage;
import dev.lifeline.executor.StoredTable;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// What a foreign key does about the changed rows of one of its tables. Belongs to a plan, and is
/// shared by all who execute it; it keeps the plans of the foreign key's own queries for them.
public final class RiTrigger {
  /// What has happened to a row.
  enum Event {
    /// A row that refers was inserted, or got other values.
    CHECK,
    /// A row that may be referred to was deleted.
    DELETE,
    /// A row that may be referred to got another key.
    UPDATE
  }

  private record Shared(QueryPlan plan, long generation) {}

  private record Own(RiTrigger trigger, RiQuery query) {}

  private final ForeignKey key;
  private final Event event;
  private final StoredTable stored;
  private final Storage storage;
  private final Map<RiQuery, Shared> plans = new ConcurrentHashMap<>(2);

  /// @param stored the table whose rows have changed
  RiTrigger(ForeignKey key, Event event, StoredTable stored, Storage storage) {
    this.key = key;
    this.event = event;
    this.stored = stored;
    this.storage = storage;
  }

  ForeignKey key() {
    return key;
  }

  Event event() {
    return event;
  }

  StoredTable stored() {
    return stored;
  }

  /// What it does when the row's key is gone.
  char action() {
    return event == Event.DELETE ? key.onDelete() : key.onUpdate();
  }

  /// Whether it may be put off until the transaction ends: only what merely checks.
  boolean canWait() {
    return key.deferrable() && (event == Event.CHECK || action() == ForeignKey.NO_ACTION);
  }

  /// A plan of one of the foreign key's queries, its tables locked. May throw NotYet.
  QueryPlan plan(RiQuery query, SessionContext session, AfterTriggers triggers) {
    while (true) {
      QueryPlan plan = unlocked(query, session, triggers);
      if (DirectQuery.lock(session, plan)) {
        return plan;
      }
    }
  }

  private QueryPlan unlocked(RiQuery query, SessionContext session, AfterTriggers triggers) {
    SessionCatalog catalog = session.catalog();
    if (!catalog.pristine()) {
      Map<Object, QueryPlan> own = triggers.plans(catalog.generation());
      Own name = new Own(this, query);
      QueryPlan plan = own.get(name);
      if (plan == null) {
        plan = make(query, session);
        own.put(name, plan);
      }
      return plan;
    }
    long generation = catalog.sharedGeneration();
    Shared shared = plans.get(query);
    if (shared == null || shared.generation != generation) {
      shared = new Shared(make(query, session), generation);
      plans.put(query, shared);
    }
    return shared.plan;
  }

  private QueryPlan make(RiQuery query, SessionContext session) {
    RiQuery.Text text = query.text(key, session.catalog());
    return session
        .catalog()
        .readingStored(() -> DirectQuery.plan(text.sql(), text.parameterTypes(), session, storage));
  }
}
