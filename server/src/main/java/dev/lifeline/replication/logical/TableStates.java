package dev.lifeline.replication.logical;

import dev.lifeline.access.transam.LogicalRecords;
import dev.lifeline.catalog.Subscription;
import dev.lifeline.catalog.SubscriptionTable;
import dev.lifeline.catalog.SubscriptionTable.State;
import dev.lifeline.catalog.Subscriptions;
import dev.lifeline.replication.logical.LogicalWorkers.CopyState;
import dev.lifeline.replication.logical.LogicalWorkers.Phase;
import dev.lifeline.utils.guc.Gucs;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The copies of a subscription's tables as the worker sees them that applies: it starts their
/// workers, tells them how far they must come, and takes their tables over.
final class TableStates {
  private static final long NAP_MS = 1000;

  private final WorkerEnvironment env;
  private final ApplySession session;
  private final LogicalWorkers.Assignment assignment;
  private final Latch latch;

  /// When each copy was last tried.
  private final Map<Integer, Long> lastStarts = new HashMap<>();

  private boolean allReady;
  private long knownVersion = -1;

  TableStates(
      WorkerEnvironment env,
      ApplySession session,
      LogicalWorkers.Assignment assignment,
      Latch latch) {
    this.env = env;
    this.session = session;
    this.assignment = assignment;
    this.latch = latch;
  }

  /// Does what there is to do, between two remote transactions.
  ///
  /// @param origin of the subscription
  /// @param lsn everything before it was applied
  Future<Void> process(Subscription subscription, int origin, long lsn) {
    long version = env.workers().version();
    if (allReady && version == knownVersion) {
      return Future.succeededFuture();
    }
    session.begin();
    return session
        .look(catalog -> new Subscriptions(catalog.reader()).tables(subscription.oid()))
        .compose(tables -> {
          List<SubscriptionTable> open =
              tables.stream().filter(table -> table.state() != State.READY).toList();
          allReady = open.isEmpty();
          knownVersion = version;
          Future<Void> each = Future.succeededFuture();
          for (SubscriptionTable table : open) {
            each =
                each.compose(done ->
                    table.state() == State.SYNCDONE
                        ? takeOver(subscription, table, lsn)
                        : Future.succeededFuture());
          }
          // With a table goes the point from which on its changes are applied here: those before it
          // are in the copy, and must not come again when the publisher has forgotten that they
          // were taken.
          LogicalRecords.Origin point =
              new LogicalRecords.Origin(origin, lsn, env.clock().epochMicros());
          return each.compose(done -> session.commit(point)).map(open);
        })
        .compose(open -> {
          Future<Void> each = Future.succeededFuture();
          for (SubscriptionTable table : open) {
            if (table.state() != State.SYNCDONE) {
              each = each.compose(done -> follow(table, lsn));
            }
          }
          return each;
        });
  }

  /// A copy is done, and the changes have come to where it ended.
  private Future<Void> takeOver(Subscription subscription, SubscriptionTable table, long lsn) {
    if (Long.compareUnsigned(lsn, table.lsn()) < 0) {
      return Future.succeededFuture();
    }
    return session
        .look(catalog ->
            new Subscriptions(catalog.reader()).origin(subscription.originName(table.relation())))
        .compose(origin ->
            session.change(writer -> {
              Subscriptions subscriptions = new Subscriptions(writer.catalog().reader());
              subscriptions.setTable(
                  writer,
                  new SubscriptionTable(subscription.oid(), table.relation(), State.READY, lsn));
              if (origin != 0) {
                subscriptions.removeOrigin(writer, origin);
                env.replication().origins().drop(origin);
              }
            }));
  }

  private Future<Void> follow(SubscriptionTable table, long lsn) {
    LogicalWorkers.Key key = new LogicalWorkers.Key(table.subscription(), table.relation());
    CopyState copy = env.workers().copy(key);
    if (copy == null) {
      start(key);
      return Future.succeededFuture();
    }
    if (copy.phase() != Phase.SYNCWAIT) {
      return Future.succeededFuture();
    }
    // It must not be overtaken while it catches up: both would apply the same changes.
    env.workers().copy(key, new CopyState(Phase.CATCHUP, Math.max(copy.catchUpLsn(), lsn)));
    return awaitDone(key);
  }

  private void start(LogicalWorkers.Key key) {
    long now = env.clock().nanoTime();
    Long last = lastStarts.get(key.relation());
    long interval = env.get(Gucs.WAL_RETRIEVE_RETRY_INTERVAL) * 1_000_000;
    if (last != null && now - last < interval) {
      return;
    }
    LogicalWorkers.Launch launch =
        env.workers()
            .launch(
                new LogicalWorkers.Assignment(
                    key, assignment.database(), assignment.databaseName(), assignment.owner()),
                Math.toIntExact(env.get(Gucs.MAX_LOGICAL_REPLICATION_WORKERS)),
                Math.toIntExact(env.get(Gucs.MAX_SYNC_WORKERS_PER_SUBSCRIPTION)));
    if (launch == LogicalWorkers.Launch.ASKED) {
      lastStarts.put(key.relation(), now);
    }
  }

  /// Waits until the copy is done, or its worker is gone.
  private Future<Void> awaitDone(LogicalWorkers.Key key) {
    session.begin();
    return session
        .look(catalog ->
            new Subscriptions(catalog.reader()).table(key.subscription(), key.relation()))
        .compose(table -> session.commit(null).map(table))
        .compose(table -> {
          boolean over = table == null || table.state() == State.SYNCDONE;
          if (over || !env.workers().has(key)) {
            return Future.succeededFuture();
          }
          return latch.await(NAP_MS).compose(woken -> awaitDone(key));
        });
  }
}
