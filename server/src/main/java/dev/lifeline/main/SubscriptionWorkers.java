package dev.lifeline.main;

import dev.lifeline.catalog.Catalogs;
import dev.lifeline.catalog.Subscription;
import dev.lifeline.catalog.Subscriptions;
import dev.lifeline.events.Subject;
import dev.lifeline.libpq.AuthCatalog;
import dev.lifeline.libpq.client.PgConnector;
import dev.lifeline.postmaster.LogicalReplication;
import dev.lifeline.replication.Replication;
import dev.lifeline.replication.logical.LogicalWorkers;
import dev.lifeline.replication.logical.LogicalWorkers.Assignment;
import dev.lifeline.replication.logical.SubscriptionWorker;
import dev.lifeline.replication.logical.WorkerEnvironment;
import dev.lifeline.tcop.BackendEnvironment;
import dev.lifeline.tcop.WorkerSession;
import dev.lifeline.utils.Timers;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.guc.ServerConfig;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// The launcher's and the workers' view of a generation: the subscriptions of all databases, and a
/// session in the database of one.
final class SubscriptionWorkers implements LogicalReplication {
  /// A database that is always there, to read the shared catalogs from.
  private static final int TEMPLATE1 = 1;

  private final Catalogs catalogs;
  private final Replication replication;
  private final Subject subject;
  private final SessionSetting setting;
  private final Supplier<ServerConfig> config;
  private final Timers timers;
  private final Supplier<BackendEnvironment> environment;
  private final CatalogPeek peek;

  /// @param subject the process that asks
  /// @param environment of a backend of this generation
  SubscriptionWorkers(
      Catalogs catalogs,
      Replication replication,
      Subject subject,
      SessionSetting setting,
      Supplier<ServerConfig> config,
      Timers timers,
      Supplier<BackendEnvironment> environment) {
    this.catalogs = catalogs;
    this.replication = replication;
    this.subject = subject;
    this.setting = setting;
    this.config = config;
    this.timers = timers;
    this.environment = environment;
    this.peek = new CatalogPeek(catalogs, subject, timers, config);
  }

  @Override
  public LogicalWorkers workers() {
    return replication.workers();
  }

  @Override
  public Future<List<Assignment>> wanted() {
    return peek.ask(
        TEMPLATE1,
        catalog -> {
          List<Assignment> wanted = new ArrayList<>();
          for (Subscription each : new Subscriptions(catalog.reader()).all()) {
            String database = catalog.databaseName(each.databaseOid());
            if (each.enabled() && database != null) {
              wanted.add(
                  new Assignment(
                      new LogicalWorkers.Key(each.oid(), 0),
                      each.databaseOid(),
                      database,
                      each.owner()));
            }
          }
          return wanted;
        });
  }

  @Override
  public SubscriptionWorker worker(Assignment assignment, long cause, Consumer<PgException> log) {
    return new SubscriptionWorker(
        new WorkerEnvironment(
            subject,
            cause,
            setting.clock(),
            timers,
            setting.emitter(),
            log,
            config,
            replication,
            catalogs.shared().counters(),
            new PgConnector(setting.dialer(), timers, setting.random()),
            asked -> session(asked, cause)),
        assignment);
  }

  /// With the rights of the subscription's owner, who is a superuser.
  private WorkerSession session(Assignment assignment, long cause) {
    return new WorkerSession(
        environment.get(),
        subject,
        cause,
        new AuthCatalog.Role(
            assignment.owner(), InitdbCommand.SUPERUSER, true, true, true, -1, null, null),
        new AuthCatalog.Database(assignment.database(), assignment.databaseName(), true, -1));
  }
}
