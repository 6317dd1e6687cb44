package dev.lifeline.replication.logical;

import dev.lifeline.catalog.Relation;
import dev.lifeline.catalog.Subscription;
import dev.lifeline.catalog.SubscriptionTable.State;
import dev.lifeline.catalog.Subscriptions;
import dev.lifeline.events.ReplicationEvent;
import dev.lifeline.libpq.client.ConnectionString;
import dev.lifeline.libpq.client.PgConnection;
import dev.lifeline.replication.logical.LogicalWorkers.Assignment;
import dev.lifeline.replication.logical.LogicalWorkers.CopyState;
import dev.lifeline.replication.logical.LogicalWorkers.Phase;
import dev.lifeline.storage.lmgr.LockMode;
import dev.lifeline.utils.activity.SubscriptionWorkerStatus;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.Severity;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.Future;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What a logical replication worker does: the one that applies the changes of a subscription, or
/// one that copies a table of it and then applies what has happened to the table meanwhile.
///
/// It ends well when there is nothing (more) for it to do: the subscription is gone, disabled or
/// another one now, or the copy is done. It fails with the error that it met; the launcher, or for
/// a copy the worker that applies, asks for another one after `wal_retrieve_retry_interval`. What
/// was applied before is not applied again: the commit record of each transaction says how far the
/// publisher's changes are in it.
///
/// Belongs to one event loop, but for [#wakeUp] and [#terminate].
public final class SubscriptionWorker implements LogicalWorkers.Wakeable {
  private static final long NAP_MS = 1000;

  private final WorkerEnvironment env;
  private final LogicalWorkers.Key key;
  private final Latch latch;
  private final ApplySession session;
  private final TableStates tables;
  private @Nullable PgConnection connection;
  private @Nullable Subscription subscription;
  private @Nullable SubscriptionStream stream;
  private volatile boolean terminated;
  private long knownVersion;
  private int origin;

  /// Something to be told, and the end of the worker in good order.
  private static final class Farewell extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Farewell(String message) {
      super(message, null, false, false);
    }
  }

  public SubscriptionWorker(WorkerEnvironment env, Assignment assignment) {
    this.env = env;
    this.key = assignment.key();
    this.latch = new Latch(env.timers());
    this.session = env.sessions().apply(assignment);
    this.tables = new TableStates(env, session, assignment, latch);
  }

  @Override
  public void wakeUp() {
    latch.wakeUp();
  }

  @Override
  public void terminate() {
    terminated = true;
    env.timers()
        .execute(() -> {
          session.cancel(told());
          latch.set();
        });
  }

  private static PgException told() {
    return PgException.fatal(
        SqlState.ADMIN_SHUTDOWN,
        "terminating logical replication worker due to administrator command");
  }

  /// Works until it has to end.
  public Future<Void> run() {
    return initialize()
        .compose(done -> connect())
        .compose(done -> prepare())
        .compose(startLsn -> stream(startLsn))
        .recover(this::failed)
        .eventually(this::cleanUp);
  }

  private Future<Void> failed(Throwable reason) {
    if (reason instanceof Farewell farewell) {
      env.say(Severity.LOG, String.valueOf(farewell.getMessage()));
      return Future.succeededFuture();
    }
    if (!(reason instanceof PgException error)) {
      return Future.failedFuture(reason);
    }
    return new WorkerFailure(env, session, key, subscription, stream).handle(error);
  }

  private Future<Void> cleanUp() {
    env.counters().subscriptionWorkers.end(env.pid());
    PgConnection open = connection;
    if (open != null) {
      open.close();
    }
    if (origin != 0) {
      env.replication().origins().release(origin);
    }
    return session.close();
  }

  private Subscription subscription() {
    return Objects.requireNonNull(subscription);
  }

  private String kind() {
    return key.copies() ? "table synchronization worker" : "apply worker";
  }

  // ---- the beginning

  private Future<Void> initialize() {
    env.counters().subscriptionWorkers.begin(env.pid(), this::status);
    knownVersion = env.workers().version();
    session.begin();
    return session
        .look(catalog -> {
          // Who drops it holds this lock until that is committed.
          catalog.lockObject(
              true, Subscription.CLASS_OID, key.subscription(), LockMode.ACCESS_SHARE);
          return new Subscriptions(catalog.reader()).byOid(key.subscription());
        })
        .compose(found -> {
          if (found == null) {
            throw new Farewell(
                "logical replication %s for subscription %s will not start because the subscription was removed during startup"
                    .formatted(kind(), Integer.toUnsignedString(key.subscription())));
          }
          if (!found.enabled()) {
            throw new Farewell(
                "logical replication %s for subscription \"%s\" will not start because the subscription was disabled during startup"
                    .formatted(kind(), found.name()));
          }
          subscription = found;
          session.synchronousCommit(found.synchronousCommit());
          return key.copies()
              ? session.look(catalog -> catalog.byOid(key.relation()))
              : Future.succeededFuture((Relation) null);
        })
        .compose(table -> {
          if (key.copies()) {
            env.say(
                Severity.LOG,
                ("logical replication table synchronization worker for subscription \"%s\", table"
                        + " \"%s\" has started")
                    .formatted(subscription().name(), table == null ? "" : table.name()));
          } else {
            env.say(
                Severity.LOG,
                "logical replication apply worker for subscription \"%s\" has started"
                    .formatted(subscription().name()));
          }
          return session.commit(null);
        });
  }

  private Future<Void> connect() {
    Subscription of = subscription();
    String name =
        key.copies()
            ? of.syncSlotName(key.relation(), env.replication().systemIdentifier())
            : of.name();
    return env.connector()
        .connect(
            ConnectionString.parse(of.connection()), name, LogicalWorkers.CONNECTION_PARAMETERS)
        .recover(error ->
            Future.failedFuture(
                PgException.error(
                    SqlState.CONNECTION_FAILURE,
                    "could not connect to the publisher: %s",
                    String.valueOf(error.getMessage()))))
        .map(connected -> {
          connected.onArrival(latch::set);
          connection = connected;
          checkTerminated();
          return null;
        });
  }

  private void checkTerminated() {
    if (terminated) {
      throw told();
    }
  }

  /// Finds out from where on changes are needed.
  private Future<Long> prepare() {
    return key.copies() ? copy() : dropForgottenSlots().compose(done -> origin());
  }

  /// Drops what a worker has left behind that was killed when its copy was done: nobody would come
  /// back for the slot, and the publisher would keep its WAL for it.
  private Future<Void> dropForgottenSlots() {
    PgConnection publisher = Objects.requireNonNull(connection);
    session.begin();
    return session
        .look(catalog -> new Subscriptions(catalog.reader()).tables(key.subscription()))
        .compose(tables -> session.commit(null).map(tables))
        .compose(tables ->
            new SyncSlots(publisher, subscription(), env.replication().systemIdentifier())
                .dropForgotten(tables));
  }

  private Future<Long> origin() {
    String name = subscription().originName();
    int[] id = new int[1];
    session.begin();
    return session
        .look(catalog -> new Subscriptions(catalog.reader()).origin(name))
        .compose(found -> {
          id[0] = found;
          if (found != 0) {
            return Future.succeededFuture();
          }
          return session
              .change(writer -> {
                Subscriptions known = new Subscriptions(writer.catalog().reader());
                id[0] = env.replication().origins().reserve(writer.xact(), known::hasOrigin);
                Subscriptions.addOrigin(writer, id[0], name);
                writer.endCommandWithNames(true);
              })
              .compose(done -> env.replication().resetOrigin(id[0], 0));
        })
        .compose(done -> session.commit(null))
        .map(done -> {
          acquire(id[0]);
          return env.replication().origins().remoteLsn(id[0]);
        });
  }

  private void acquire(int id) {
    env.replication().origins().acquire(id, env.pid());
    origin = id;
  }

  private TableSync sync() {
    return new TableSync(
        env, session, Objects.requireNonNull(connection), subscription(), key.relation());
  }

  /// The copy, unless it is there already.
  private Future<Long> copy() {
    session.begin();
    return session
        .look(catalog ->
            new Subscriptions(catalog.reader()).table(key.subscription(), key.relation()))
        .compose(found -> session.commit(null).map(found))
        .compose(found -> {
          boolean done =
              found == null || found.state() == State.SYNCDONE || found.state() == State.READY;
          if (done) {
            throw new Farewell(finished(""));
          }
          return found.state() == State.FINISHEDCOPY
              ? Future.succeededFuture(0L)
              : sync().copy(found);
        })
        .compose(ignored -> {
          session.begin();
          return session.look(catalog ->
              new Subscriptions(catalog.reader())
                  .origin(subscription().originName(key.relation())));
        })
        .compose(id -> session.commit(null).map(id))
        .compose(id -> {
          acquire(id);
          long start = env.replication().origins().remoteLsn(id);
          env.workers().copy(key, new CopyState(Phase.SYNCWAIT, start));
          return awaitCatchUp().map(start);
        });
  }

  private Future<Void> awaitCatchUp() {
    checkTerminated();
    CopyState state = env.workers().copy(key);
    if (state != null && state.phase() == Phase.CATCHUP) {
      return Future.succeededFuture();
    }
    env.workers().wakeApply(key.subscription());
    return latch.await(NAP_MS).compose(woken -> awaitCatchUp());
  }

  // ---- the stream

  private Future<Void> stream(long startLsn) {
    String slot = key.copies() ? sync().slotName() : subscription().slotName();
    if (slot == null) {
      throw PgException.error(
          SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE, "subscription has no replication slot set");
    }
    RemoteStream remote = new RemoteStream(env, Objects.requireNonNull(connection), startLsn);
    return remote
        .start(subscription(), slot, startLsn)
        .compose(done -> {
          env.emit(new ReplicationEvent.SubscriptionStarted(subscription().name(), slot, startLsn));
          SubscriptionStream running =
              new SubscriptionStream(env, session, key, remote, origin, latch, between());
          stream = running;
          running.subscription(subscription());
          return running.run();
        });
  }

  /// What is done between two transactions of the publisher.
  private SubscriptionStream.Between between() {
    return new SubscriptionStream.Between() {
      @Override
      public Future<Subscription> reread(Subscription current) {
        checkTerminated();
        return env.workers().version() == knownVersion
            ? Future.succeededFuture(current)
            : SubscriptionWorker.this.reread(current);
      }

      @Override
      public Future<Boolean> tables(long lsn) {
        return key.copies() ? copied(lsn) : tables.process(subscription(), origin, lsn).map(false);
      }
    };
  }

  /// Whether the copy has come to where the one is who applies: then it is over.
  private Future<Boolean> copied(long lsn) {
    CopyState state = env.workers().copy(key);
    if (state == null
        || state.phase() != Phase.CATCHUP
        || Long.compareUnsigned(lsn, state.catchUpLsn()) < 0) {
      return Future.succeededFuture(false);
    }
    String[] table = {""};
    // Durable at once: without its slot the copy could not go on.
    session.synchronousCommit("local");
    return sync()
        .state(State.SYNCDONE, lsn)
        .compose(done -> session.look(catalog -> catalog.byOid(key.relation())))
        .compose(found -> {
          table[0] = found == null ? "" : found.name();
          return session.commit(null);
        })
        .compose(done -> Objects.requireNonNull(stream).end())
        .compose(done -> sync().dropSlot())
        .compose(done -> {
          env.workers().wakeApply(key.subscription());
          throw new Farewell(finished(table[0]));
        });
  }

  private String finished(String table) {
    return "logical replication table synchronization worker for subscription \"%s\", table \"%s\" has finished"
        .formatted(subscription().name(), table);
  }

  /// The subscription may be another one now: then another worker does its work.
  private Future<Subscription> reread(Subscription before) {
    knownVersion = env.workers().version();
    session.begin();
    return session
        .look(catalog -> new Subscriptions(catalog.reader()).byOid(key.subscription()))
        .compose(found -> session.commit(null).map(found))
        .map(found -> {
          check(before, found);
          Subscription same = Objects.requireNonNull(found);
          subscription = same;
          session.synchronousCommit(same.synchronousCommit());
          return same;
        });
  }

  private void check(Subscription before, @Nullable Subscription found) {
    String stop =
        "logical replication " + kind() + " for subscription \"" + before.name() + "\" will ";
    if (found == null) {
      throw new Farewell(stop + "stop because the subscription was removed");
    }
    if (!found.enabled()) {
      throw new Farewell(stop + "stop because the subscription was disabled");
    }
    boolean same =
        found.connection().equals(before.connection())
            && found.name().equals(before.name())
            && Objects.equals(found.slotName(), before.slotName())
            && found.binary() == before.binary()
            && found.stream() == before.stream()
            && found.owner() == before.owner()
            && found.publications().equals(before.publications());
    if (!same) {
      throw new Farewell(stop + "restart because of a parameter change");
    }
  }

  private SubscriptionWorkerStatus status() {
    SubscriptionStream running = stream;
    return running == null
        ? new SubscriptionWorkerStatus(env.pid(), key.subscription(), key.relation(), 0, 0, 0, 0, 0)
        : running.status();
  }
}
