package dev.lifeline.replication.logical;

import dev.lifeline.catalog.CatalogRow;
import dev.lifeline.catalog.Subscription;
import dev.lifeline.catalog.Subscriptions;
import dev.lifeline.events.ReplicationEvent;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.Severity;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/// What follows from a worker's error: its transaction is undone, the error counted and told, and
/// the subscription disabled where it asks for that.
final class WorkerFailure {
  private final WorkerEnvironment env;
  private final ApplySession session;
  private final LogicalWorkers.Key key;
  private final @Nullable Subscription subscription;
  private final @Nullable SubscriptionStream stream;

  WorkerFailure(
      WorkerEnvironment env,
      ApplySession session,
      LogicalWorkers.Key key,
      @Nullable Subscription subscription,
      @Nullable SubscriptionStream stream) {
    this.env = env;
    this.session = session;
    this.key = key;
    this.subscription = subscription;
    this.stream = stream;
  }

  /// Completes where the worker ends in good order nevertheless.
  Future<Void> handle(PgException error) {
    // As PostgreSQL: that the publisher cannot be reached is no error of what it sends.
    boolean fault = error.severity() == Severity.ERROR && (key.copies() || stream != null);
    Subscription of = subscription;
    if (fault) {
      env.counters().countSubscriptionError(key.subscription(), key.copies());
    }
    if (of != null) {
      SubscriptionStream running = stream;
      env.emit(
          new ReplicationEvent.ApplyFailed(
              of.name(),
              error.sqlState().code(),
              error.message(),
              running == null ? 0 : running.finalLsn()));
    }
    boolean disable = fault && of != null && of.disableOnError();
    return session
        .rollBack()
        .compose(undone -> disable ? disable(error) : Future.failedFuture(error));
  }

  private Future<Void> disable(PgException error) {
    env.log().accept(error);
    session.begin();
    return session
        .change(writer -> {
          CatalogRow row = new Subscriptions(writer.catalog().reader()).row(key.subscription());
          if (row != null) {
            writer.update(row.copy().set("subenabled", false));
          }
        })
        .compose(done -> session.commit(null))
        .map(done -> {
          env.workers().subscriptionsChanged();
          env.say(
              Severity.LOG,
              "subscription \"%s\" has been disabled because of an error"
                  .formatted(subscription == null ? "" : subscription.name()));
          return null;
        });
  }
}
