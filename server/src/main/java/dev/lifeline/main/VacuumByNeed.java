package dev.lifeline.main;

import dev.lifeline.catalog.BackendCatalog;
import dev.lifeline.catalog.Catalogs;
import dev.lifeline.catalog.Relation;
import dev.lifeline.events.Subject;
import dev.lifeline.libpq.AuthCatalog;
import dev.lifeline.postmaster.Autovacuum;
import dev.lifeline.tcop.BackendEnvironment;
import dev.lifeline.tcop.InternalSession;
import dev.lifeline.utils.Timers;
import dev.lifeline.utils.activity.Counters;
import dev.lifeline.utils.activity.RelationCounters;
import dev.lifeline.utils.activity.RelationStatistics;
import dev.lifeline.utils.guc.Gucs;
import dev.lifeline.utils.guc.ServerConfig;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Autovacuum's view of the cluster: which tables are over PostgreSQL's thresholds by the
/// cumulative statistics, and VACUUM and ANALYZE of one of them in a session without a client.
final class VacuumByNeed implements Autovacuum {
  /// How often a running vacuum is asked whether it should stop.
  private static final long INTERRUPT_CHECK_NANOS = 100_000_000;

  /// As the bootstrap superuser, as PostgreSQL's workers.
  private static final AuthCatalog.Role SUPERUSER =
      new AuthCatalog.Role(10, InitdbCommand.SUPERUSER, true, true, true, -1, null, null);

  private final Catalogs catalogs;
  private final Subject subject;
  private final Counters counters;
  private final Supplier<ServerConfig> config;
  private final Timers timers;
  private final Supplier<BackendEnvironment> environment;

  /// @param environment of a backend of this generation
  VacuumByNeed(
      Catalogs catalogs,
      Subject subject,
      Supplier<ServerConfig> config,
      Timers timers,
      Supplier<BackendEnvironment> environment) {
    this.catalogs = catalogs;
    this.subject = subject;
    this.counters = catalogs.shared().counters();
    this.config = config;
    this.timers = timers;
    this.environment = environment;
  }

  /// A table that may be due, with how far it is over its threshold.
  private record Candidate(Work work, double need) {}

  @Override
  public Future<List<Work>> due() {
    CatalogPeek peek = new CatalogPeek(catalogs, subject, timers, config);
    Future<List<Candidate>> found = Future.succeededFuture(new ArrayList<>());
    for (Map.Entry<Counters.RelationId, RelationCounters> entry : counters.relations().entrySet()) {
      if (!mayBeDue(entry.getValue().read())) {
        continue;
      }
      Counters.RelationId id = entry.getKey();
      found =
          found.compose(list ->
              peek.ask(id.databaseOid(), catalog -> candidate(catalog, id, entry.getValue().read()))
                  .map(candidate -> {
                    if (candidate != null) {
                      list.add(candidate);
                    }
                    return list;
                  }));
    }
    return found.map(list ->
        list.stream()
            .sorted(Comparator.comparingDouble(Candidate::need).reversed())
            .map(Candidate::work)
            .toList());
  }

  private boolean mayBeDue(RelationStatistics table) {
    return table.deadTuples() > config.get().get(Gucs.AUTOVACUUM_VACUUM_THRESHOLD)
        || table.modifiedSinceAnalyze() > config.get().get(Gucs.AUTOVACUUM_ANALYZE_THRESHOLD);
  }

  private @Nullable Candidate candidate(
      BackendCatalog catalog, Counters.RelationId id, RelationStatistics table) {
    Relation relation = catalog.byOid(id.relationOid());
    if (relation == null) {
      return null;
    }
    ServerConfig current = config.get();
    double tuples = Math.max(0, relation.tuples());
    double vacuumAt =
        current.get(Gucs.AUTOVACUUM_VACUUM_THRESHOLD)
            + current.get(Gucs.AUTOVACUUM_VACUUM_SCALE_FACTOR) * tuples;
    double analyzeAt =
        current.get(Gucs.AUTOVACUUM_ANALYZE_THRESHOLD)
            + current.get(Gucs.AUTOVACUUM_ANALYZE_SCALE_FACTOR) * tuples;
    boolean vacuum = table.deadTuples() > vacuumAt;
    boolean analyze = table.modifiedSinceAnalyze() > analyzeAt;
    if (!vacuum && !analyze) {
      return null;
    }
    String name = quote(relation.namespace()) + "." + quote(relation.name());
    return new Candidate(
        new Work(id.databaseOid(), id.relationOid(), name, vacuum, analyze),
        table.deadTuples() / vacuumAt + table.modifiedSinceAnalyze() / analyzeAt);
  }

  private static String quote(String name) {
    return "\"" + name.replace("\"", "\"\"") + "\"";
  }

  @Override
  public Future<Void> process(int pid, Work work, BooleanSupplier interrupted) {
    return new CatalogPeek(catalogs, new Subject("autovacuum worker", pid), timers, config)
        .ask(work.databaseOid(), catalog -> catalog.databaseName(work.databaseOid()))
        .compose(database ->
            database == null ? Future.succeededFuture() : vacuum(pid, work, database, interrupted));
  }

  private Future<Void> vacuum(int pid, Work work, String database, BooleanSupplier interrupted) {
    InternalSession session =
        new InternalSession(
            environment.get(),
            new Subject("autovacuum worker", pid),
            SUPERUSER,
            new AuthCatalog.Database(work.databaseOid(), database, true, -1));
    String command = !work.vacuum() ? "ANALYZE " : work.analyze() ? "VACUUM (ANALYZE) " : "VACUUM ";
    Watch watch = new Watch(session, interrupted);
    watch.again();
    return session
        .run(command + work.relation())
        .eventually(() -> {
          watch.done = true;
          return session.close();
        });
  }

  /// Passes a wish to stop on to the session.
  private final class Watch {
    private final InternalSession session;
    private final BooleanSupplier interrupted;
    private boolean done;

    Watch(InternalSession session, BooleanSupplier interrupted) {
      this.session = session;
      this.interrupted = interrupted;
    }

    void again() {
      if (done) {
        return;
      }
      if (interrupted.getAsBoolean()) {
        session.cancel();
      } else {
        timers.schedule(INTERRUPT_CHECK_NANOS, this::again);
      }
    }
  }
}
