package dev.lifeline.replication.logical;

import dev.lifeline.catalog.BackendCatalog;
import dev.lifeline.catalog.Relation;
import dev.lifeline.catalog.SubscriptionTable;
import dev.lifeline.catalog.SubscriptionTable.State;
import dev.lifeline.catalog.Subscriptions;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.Severity;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Carries out the changes of a publisher's transactions in the session of a worker.
final class Applier {
  private final WorkerEnvironment env;
  private final ApplySession session;
  private final LogicalWorkers.Key key;
  private final Map<Integer, Entry> tables = new HashMap<>();

  /// The end of the transaction that is being applied.
  private long finalLsn;

  /// The table that is being changed, for what is told of an error.
  private @Nullable Entry current;

  /// The column whose value could not be read.
  private @Nullable String unreadable;

  /// A table of the publisher, and what it is here.
  private static final class Entry {
    final RemoteTable remote;
    @Nullable TableMapping mapping;

    /// How far its copy is; null where it is no table of the subscription (any more).
    @Nullable SubscriptionTable state;

    Entry(RemoteTable remote) {
      this.remote = remote;
    }
  }

  Applier(WorkerEnvironment env, ApplySession session, LogicalWorkers.Key key) {
    this.env = env;
    this.session = session;
    this.key = key;
  }

  void begin(long end) {
    finalLsn = end;
  }

  /// What the change under way is for, as an error's context has it; empty where none is.
  String target() {
    Entry entry = current;
    if (entry == null) {
      return "";
    }
    return " for replication target relation \"%s.%s\"%s"
        .formatted(
            entry.remote.schema(),
            entry.remote.name(),
            unreadable == null ? "" : " column \"" + unreadable + "\"");
  }

  void described(RemoteTable table) {
    tables.put(table.id(), new Entry(table));
  }

  /// The subscription or a table of it was changed: how far the copies are is looked up again.
  void forgetStates() {
    tables.values().forEach(entry -> entry.state = null);
  }

  Future<Void> apply(LogicalMessage.Insert insert) {
    return open(insert.table())
        .compose(entry -> {
          TableMapping mapping = entry.mapping;
          return mapping == null ? done() : run(mapping.insert(insert.row())).mapEmpty();
        })
        .onSuccess(done -> current = null);
  }

  Future<Void> apply(LogicalMessage.Update update) {
    return open(update.table())
        .compose(entry -> {
          TableMapping mapping = entry.mapping;
          if (mapping == null) {
            return done();
          }
          mapping.checkUpdatable();
          TableMapping.Change change = mapping.update(update.before(), update.row());
          return change == null
              ? done()
              : run(change).map(rows -> missing(rows, "updated", mapping));
        })
        .onSuccess(done -> current = null);
  }

  Future<Void> apply(LogicalMessage.Delete delete) {
    return open(delete.table())
        .compose(entry -> {
          TableMapping mapping = entry.mapping;
          if (mapping == null) {
            return done();
          }
          mapping.checkUpdatable();
          return run(mapping.delete(delete.before()))
              .map(rows -> missing(rows, "deleted", mapping));
        })
        .onSuccess(done -> current = null);
  }

  Future<Void> apply(LogicalMessage.Truncate truncate) {
    Set<String> names = new LinkedHashSet<>();
    Future<Void> opened = done();
    for (int table : truncate.tables()) {
      opened =
          opened
              .compose(ignored -> open(table))
              .map(entry -> {
                TableMapping mapping = entry.mapping;
                if (mapping != null) {
                  names.add(mapping.name());
                }
                return null;
              });
    }
    return opened
        .compose(ignored ->
            names.isEmpty()
                ? done()
                : session
                    .execute(
                        "TRUNCATE "
                            + String.join(", ", names)
                            + (truncate.restartSequences() ? " RESTART IDENTITY" : ""),
                        new int[0],
                        List.of(),
                        new int[0],
                        parameter -> {})
                    .<Void>mapEmpty())
        .onSuccess(done -> current = null);
  }

  private static Future<Void> done() {
    return Future.succeededFuture();
  }

  private Future<Long> run(TableMapping.Change change) {
    return session.execute(
        change.sql(),
        change.types(),
        change.values(),
        change.formats(),
        parameter -> unreadable = change.column(parameter));
  }

  /// As PostgreSQL: a row that is not there is no error.
  private @Nullable Void missing(long rows, String what, TableMapping mapping) {
    if (rows == 0) {
      env.say(
          Severity.DEBUG,
          "logical replication did not find row to be %s in replication target relation \"%s\""
              .formatted(what, mapping.local().name()));
    }
    return null;
  }

  /// Opens a table for a change. Its mapping is null where the change is not for this worker.
  private Future<Entry> open(int table) {
    Entry entry = tables.get(table);
    if (entry == null) {
      return Future.failedFuture(
          PgException.error(
              SqlState.PROTOCOL_VIOLATION,
              "no relation map entry for remote relation ID %s",
              Integer.toUnsignedString(table)));
    }
    session.begin();
    return session.look(catalog -> {
      look(entry, catalog);
      current = entry.mapping == null ? null : entry;
      return entry;
    });
  }

  @SuppressWarnings("ReferenceEquality") // a relation that has not changed is the same object
  private void look(Entry entry, BackendCatalog catalog) {
    Relation local = catalog.find(entry.remote.schema(), entry.remote.name());
    if (local != null && !applies(entry, local, catalog)) {
      entry.mapping = null;
      return;
    }
    TableMapping mapping = entry.mapping;
    if (mapping == null || mapping.local() != local) {
      entry.mapping = TableMapping.of(entry.remote, local);
    }
  }

  /// Whether a change of this transaction is this worker's: a copy's worker applies what is of its
  /// table, the other one what is of tables whose copies are done.
  private boolean applies(Entry entry, Relation local, BackendCatalog catalog) {
    if (key.copies()) {
      return local.oid() == key.relation();
    }
    SubscriptionTable state = entry.state;
    if (state == null || state.relation() != local.oid() || state.state() != State.READY) {
      state = new Subscriptions(catalog.reader()).table(key.subscription(), local.oid());
      entry.state = state;
    }
    if (state == null) {
      return false;
    }
    return state.state() == State.READY
        || (state.state() == State.SYNCDONE && Long.compareUnsigned(state.lsn(), finalLsn) <= 0);
  }
}
