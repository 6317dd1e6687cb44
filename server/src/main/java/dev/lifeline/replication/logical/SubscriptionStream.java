package dev.lifeline.replication.logical;

import dev.lifeline.access.transam.LogicalRecords;
import dev.lifeline.catalog.CatalogRow;
import dev.lifeline.catalog.Subscription;
import dev.lifeline.catalog.Subscriptions;
import dev.lifeline.events.Lsn;
import dev.lifeline.events.ReplicationEvent;
import dev.lifeline.libpq.MessageReader;
import dev.lifeline.replication.ReplicationOrigins;
import dev.lifeline.utils.AsyncLoop;
import dev.lifeline.utils.activity.SubscriptionWorkerStatus;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.Severity;
import dev.lifeline.utils.error.SqlState;
import dev.lifeline.utils.guc.Gucs;
import io.vertx.core.Future;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Applies a stream of changes, transaction by transaction. A transaction here begins with the
/// first change that it has, and is committed with the publisher's position in its commit record.
final class SubscriptionStream {
  private static final long NAP_MS = 1000;
  private static final long PROGRESS_NANOS = 1_000_000_000;

  private final WorkerEnvironment env;
  private final ApplySession session;
  private final LogicalWorkers.Key key;
  private final RemoteStream remote;
  private final int origin;
  private final Latch latch;
  private final Between between;
  private final Applier applier;
  private @Nullable Subscription subscription;
  private long knownVersion = -1;

  /// The transaction that is being received; null between two.
  private LogicalMessage.@Nullable Begin transaction;

  private boolean skipping;

  /// What is being applied, for what is told of an error.
  private byte type;

  private long lastProgressNanos;
  private long lastProgressLsn;

  /// What is done between two transactions.
  interface Between {
    /// The subscription as it is now.
    Future<Subscription> reread(Subscription current);

    /// Looks after the copies of tables.
    ///
    /// @param lsn everything before it was applied
    /// @return whether that ends the stream
    Future<Boolean> tables(long lsn);
  }

  SubscriptionStream(
      WorkerEnvironment env,
      ApplySession session,
      LogicalWorkers.Key key,
      RemoteStream remote,
      int origin,
      Latch latch,
      Between between) {
    this.env = env;
    this.session = session;
    this.key = key;
    this.remote = remote;
    this.origin = origin;
    this.latch = latch;
    this.between = between;
    this.applier = new Applier(env, session, key);
  }

  /// The subscription as it is now; its tables may be others, too.
  void subscription(Subscription current) {
    long version = env.workers().version();
    if (version != knownVersion) {
      knownVersion = version;
      applier.forgetStates();
    }
    subscription = current;
  }

  private Subscription subscription() {
    return Objects.requireNonNull(subscription);
  }

  long finalLsn() {
    LogicalMessage.Begin current = transaction;
    return current == null ? 0 : current.finalLsn();
  }

  Future<Void> run() {
    return AsyncLoop.whileTrue(this::round)
        .recover(reason -> {
          if (reason instanceof RemoteStream.EndOfStream end) {
            env.say(Severity.LOG, String.valueOf(end.getMessage()));
            return remote.end(end);
          }
          return Future.failedFuture(reason);
        });
  }

  private Future<Boolean> round() {
    if (transaction == null) {
      return between
          .reread(subscription())
          .compose(current -> {
            subscription(current);
            return step();
          });
    }
    return step();
  }

  private Future<Boolean> step() {
    MessageReader message = remote.poll();
    if (message != null) {
      return dispatch(message).map(true);
    }
    remote.checkTimeout();
    remote.tell(false, false);
    progress();
    Future<Boolean> ended =
        transaction == null ? between.tables(remote.received()) : Future.succeededFuture(false);
    return ended.compose(over -> {
      if (over) {
        return Future.succeededFuture(false);
      }
      long nap = remote.isPending() ? env.get(Gucs.WAL_WRITER_DELAY) : NAP_MS;
      return latch.await(nap).map(true);
    });
  }

  private Future<Void> dispatch(MessageReader message) {
    type = message.readByte();
    Future<Void> applied;
    try {
      applied = apply(LogicalMessage.read(type, message));
    } catch (PgException e) {
      applied = Future.failedFuture(e);
    }
    return applied.recover(reason -> Future.failedFuture(withContext(reason)));
  }

  private Future<Void> apply(LogicalMessage message) {
    return switch (message) {
      case LogicalMessage.Begin begin -> {
        begin(begin);
        yield Future.succeededFuture();
      }
      case LogicalMessage.Commit commit -> commit(commit);
      case LogicalMessage.Table table -> {
        applier.described(table.table());
        yield Future.succeededFuture();
      }
      case LogicalMessage.Insert insert -> skipping ? nothing() : applier.apply(insert);
      case LogicalMessage.Update update -> skipping ? nothing() : applier.apply(update);
      case LogicalMessage.Delete delete -> skipping ? nothing() : applier.apply(delete);
      case LogicalMessage.Truncate truncate -> skipping ? nothing() : applier.apply(truncate);
      case LogicalMessage.Other other -> nothing();
    };
  }

  private static Future<Void> nothing() {
    return Future.succeededFuture();
  }

  private void begin(LogicalMessage.Begin begin) {
    transaction = begin;
    tell(true);
    remote.begun();
    applier.begin(begin.finalLsn());
    long skip = subscription().skipLsn();
    skipping = skip != 0 && skip == begin.finalLsn();
    if (skipping) {
      env.say(
          Severity.LOG,
          "logical replication starts skipping transaction at LSN %s"
              .formatted(Lsn.format(begin.finalLsn())));
    }
  }

  private void tell(boolean inTransaction) {
    env.workers()
        .applying(key, new LogicalWorkers.Applying(inTransaction, env.clock().epochMicros()));
  }

  private Future<Void> commit(LogicalMessage.Commit commit) {
    long expected = finalLsn();
    if (commit.commitLsn() != expected) {
      throw PgException.error(
          SqlState.PROTOCOL_VIOLATION,
          "incorrect commit LSN %s in commit message (expected %s)",
          Lsn.format(commit.commitLsn()),
          Lsn.format(expected));
    }
    boolean changed = session.inTransaction();
    Future<Void> skipped =
        subscription().skipLsn() != 0 && (skipping || changed)
            ? clearSkip(commit)
            : Future.succeededFuture();
    return skipped
        .compose(done ->
            session.commit(new LogicalRecords.Origin(origin, commit.endLsn(), commit.timeMicros())))
        .compose(done -> {
          ReplicationOrigins.Progress progress = env.replication().origins().find(origin);
          long localEnd =
              progress != null && progress.remoteLsn() == commit.endLsn() ? progress.localLsn() : 0;
          transaction = null;
          tell(false);
          skipping = false;
          remote.applied(commit.endLsn(), localEnd);
          return between.tables(commit.endLsn()).mapEmpty();
        });
  }

  /// A transaction was skipped, or another one has come first: no more is skipped.
  private Future<Void> clearSkip(LogicalMessage.Commit commit) {
    boolean matched = skipping;
    long skip = subscription().skipLsn();
    session.begin();
    return session
        .change(writer -> {
          CatalogRow row = new Subscriptions(writer.catalog().reader()).row(key.subscription());
          if (row != null && row.bigint("subskiplsn") == skip) {
            writer.update(row.copy().set("subskiplsn", 0));
          }
        })
        .map(done -> {
          if (matched) {
            env.say(
                Severity.LOG,
                "logical replication completed skipping transaction at LSN %s"
                    .formatted(Lsn.format(commit.commitLsn())));
          } else {
            env.log()
                .accept(
                    new PgException(
                            Severity.WARNING,
                            SqlState.WARNING,
                            "skip-LSN of subscription \"%s\" cleared"
                                .formatted(subscription().name()))
                        .detail(
                            "Remote transaction's finish WAL location (LSN) %s did not match"
                                + " skip-LSN %s.",
                            Lsn.format(commit.commitLsn()), Lsn.format(skip)));
          }
          env.workers().subscriptionsChanged();
          return null;
        });
  }

  /// As PostgreSQL's CONTEXT line tells where an error happened.
  private Throwable withContext(Throwable reason) {
    LogicalMessage.Begin current = transaction;
    if (!(reason instanceof PgException error) || error.severity() != Severity.ERROR) {
      return reason;
    }
    String context =
        "processing remote data for replication origin \""
            + (key.copies()
                ? subscription().originName(key.relation())
                : subscription().originName())
            + "\" during message type \""
            + LogicalMessage.label(type)
            + "\""
            + applier.target()
            + (current == null
                ? ""
                : " in transaction "
                    + Integer.toUnsignedString(current.xid())
                    + ", finished at "
                    + Lsn.format(current.finalLsn()));
    String before = error.context();
    return error.context(before == null || before.isEmpty() ? context : before + "\n" + context);
  }

  /// Tells the event log now and then how far it is.
  private void progress() {
    long now = env.clock().nanoTime();
    long lsn = remote.latestEnd();
    if (lsn == lastProgressLsn || now - lastProgressNanos < PROGRESS_NANOS) {
      return;
    }
    lastProgressNanos = now;
    lastProgressLsn = lsn;
    double lagMs = Math.max(0, remote.receiptMicros() - remote.sendMicros()) / 1000.0;
    env.emit(
        new ReplicationEvent.ApplyProgressed(
            subscription().name(),
            remote.received(),
            lsn,
            Math.max(0, remote.received() - lsn),
            lagMs));
  }

  Future<Void> end() {
    return remote.end();
  }

  SubscriptionWorkerStatus status() {
    return new SubscriptionWorkerStatus(
        env.pid(),
        key.subscription(),
        key.relation(),
        remote.received(),
        remote.sendMicros(),
        remote.receiptMicros(),
        remote.latestEnd(),
        remote.latestEndMicros());
  }
}
