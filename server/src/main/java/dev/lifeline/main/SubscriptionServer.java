package dev.lifeline.main;

import dev.lifeline.access.transam.Xact;
import dev.lifeline.commands.SubscriptionHooks;
import dev.lifeline.executor.SessionContext;
import dev.lifeline.libpq.client.ConnectionString;
import dev.lifeline.libpq.client.Dialer;
import dev.lifeline.libpq.client.PgConnection;
import dev.lifeline.libpq.client.PgConnector;
import dev.lifeline.replication.Replication;
import dev.lifeline.replication.ReplicationOrigins;
import dev.lifeline.replication.logical.LogicalWorkers;
import io.vertx.core.Future;
import java.util.function.IntPredicate;
import java.util.random.RandomGenerator;

/// What the commands about subscriptions find in a generation.
final class SubscriptionServer implements SubscriptionHooks {
  private final Replication replication;
  private final Dialer dialer;
  private final RandomGenerator random;

  SubscriptionServer(Replication replication, Dialer dialer, RandomGenerator random) {
    this.replication = replication;
    this.dialer = dialer;
    this.random = random;
  }

  @Override
  public Future<PgConnection> connect(
      SessionContext session, ConnectionString to, String applicationName) {
    return new PgConnector(dialer, session.timers(), random)
        .connect(to, applicationName, LogicalWorkers.CONNECTION_PARAMETERS);
  }

  @Override
  public void changed() {
    replication.workers().subscriptionsChanged();
  }

  @Override
  public Future<Void> stopWorkers(int subscription, int relation) {
    return replication.workers().stop(subscription, relation);
  }

  @Override
  public int originUser(int origin) {
    ReplicationOrigins.Progress progress = replication.origins().find(origin);
    return progress == null ? 0 : progress.pid();
  }

  @Override
  public long originProgress(int origin) {
    return replication.origins().remoteLsn(origin);
  }

  @Override
  public int reserveOrigin(Xact xact, IntPredicate exists) {
    return replication.origins().reserve(xact, exists);
  }

  @Override
  public Future<Void> originCreated(int origin) {
    return replication.resetOrigin(origin, 0);
  }

  @Override
  public void originDropped(int origin) {
    replication.origins().drop(origin);
  }

  @Override
  public long systemIdentifier() {
    return replication.systemIdentifier();
  }
}
