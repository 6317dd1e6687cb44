package dev.lifeline.main;

import dev.lifeline.catalog.BackendCatalog;
import dev.lifeline.catalog.CatalogRow;
import dev.lifeline.catalog.Catalogs;
import dev.lifeline.catalog.ToastNames;
import dev.lifeline.events.Subject;
import dev.lifeline.libpq.AuthCatalog;
import dev.lifeline.postmaster.Autovacuum;
import dev.lifeline.postmaster.AutovacuumThresholds;
import dev.lifeline.tcop.BackendEnvironment;
import dev.lifeline.tcop.InternalSession;
import dev.lifeline.utils.Timers;
import dev.lifeline.utils.activity.Counters;
import dev.lifeline.utils.activity.RelationCounters;
import dev.lifeline.utils.activity.RelationStatistics;
import dev.lifeline.utils.adt.QuoteIdent;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.guc.Gucs;
import dev.lifeline.utils.guc.ServerConfig;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Autovacuum's view of the cluster: which tables are over PostgreSQL's thresholds by the
/// cumulative statistics, and VACUUM and ANALYZE of one of them in a session without a client.
final class VacuumByNeed implements Autovacuum {
  /// As the bootstrap superuser, as PostgreSQL's workers.
  private static final AuthCatalog.Role SUPERUSER =
      new AuthCatalog.Role(10, InitdbCommand.SUPERUSER, true, true, true, -1, null, null);

  /// A database that is always there, to read the shared catalogs from.
  private static final int TEMPLATE1 = 1;

  private final Subject subject;
  private final Counters counters;
  private final Supplier<ServerConfig> config;
  private final Supplier<BackendEnvironment> environment;
  private final CatalogPeek peek;
  private final LongSupplier nextXid;

  /// @param subject the process that asks
  /// @param environment of a backend of this generation
  VacuumByNeed(
      Catalogs catalogs,
      Subject subject,
      Supplier<ServerConfig> config,
      Timers timers,
      Supplier<BackendEnvironment> environment) {
    this.subject = subject;
    this.counters = catalogs.shared().counters();
    this.nextXid = catalogs.shared().transactions()::nextXid;
    this.config = config;
    this.environment = environment;
    this.peek = new CatalogPeek(catalogs, subject, timers, config);
  }

  @Override
  public Future<List<Target>> databases() {
    List<Integer> counted =
        counters.databases().keySet().stream().filter(oid -> oid != 0).sorted().toList();
    return peek.ask(
        TEMPLATE1,
        catalog -> {
          List<Target> targets = new ArrayList<>();
          catalog
              .reader()
              .scan(
                  "pg_database",
                  row -> {
                    boolean changed = active() && counted.contains(row.oid("oid"));
                    long frozenXid = row.bigint("datfrozenxid");
                    boolean old = isOld(frozenXid);
                    if (changed || old) {
                      targets.add(new Target(row.oid("oid"), row.text("datname"), frozenXid, old));
                    }
                    return false;
                  });
          return targets;
        });
  }

  /// Where not, tables are vacuumed because of old xids only.
  private boolean active() {
    return config.get().get(Gucs.AUTOVACUUM) && config.get().get(Gucs.TRACK_COUNTS);
  }

  private boolean isOld(long frozenXid) {
    return nextXid.getAsLong() - frozenXid > config.get().get(Gucs.AUTOVACUUM_FREEZE_MAX_AGE);
  }

  @Override
  public Future<List<Work>> due(int databaseOid) {
    return mayHaveWork(databaseOid)
        ? peek.ask(databaseOid, catalog -> due(catalog, databaseOid))
        : Future.succeededFuture(List.of());
  }

  /// Whether anything was changed in the database since its tables were last done: where not, its
  /// catalogs need not be read.
  private boolean mayHaveWork(int databaseOid) {
    if (isOld(0)) {
      return true;
    }
    for (Map.Entry<Counters.RelationId, RelationCounters> entry : counters.relations().entrySet()) {
      int of = entry.getKey().databaseOid();
      if (of == databaseOid || of == 0) {
        RelationStatistics table = entry.getValue().read();
        if (table.deadTuples() > 0
            || table.insertedSinceVacuum() > 0
            || table.modifiedSinceAnalyze() > 0) {
          return true;
        }
      }
    }
    return false;
  }

  private List<Work> due(BackendCatalog catalog, int databaseOid) {
    List<Work> due = new ArrayList<>();
    for (CatalogRow row : catalog.reader().scan("pg_class", VacuumByNeed::isTable)) {
      Work work = work(catalog, row, databaseOid);
      if (work != null) {
        due.add(work);
      }
    }
    return due;
  }

  private static boolean isTable(CatalogRow row) {
    return "rmt".indexOf(row.letter("relkind")) >= 0
        && row.letter("relpersistence") != 't'
        && row.oid("relfilenode") != 0;
  }

  /// The storage parameters of a table. One of long values that has none of its own goes by those
  /// of its table, whose oid is in its name.
  private static List<String> options(BackendCatalog catalog, CatalogRow row) {
    List<String> own = row.texts("reloptions");
    if (!own.isEmpty() || row.letter("relkind") != 't') {
      return own;
    }
    int table = ToastNames.tableOid(row.text("relname"));
    CatalogRow owner = catalog.reader().one("pg_class", "pg_class_oid_index", table);
    return owner == null ? own : owner.texts("reloptions");
  }

  /// What is to be done to a table, or null.
  private @Nullable Work work(BackendCatalog catalog, CatalogRow row, int databaseOid) {
    RelationCounters found =
        counters.find(row.bool("relisshared") ? 0 : databaseOid, row.oid("oid"));
    AutovacuumThresholds thresholds = AutovacuumThresholds.of(config.get(), options(catalog, row));
    long frozenXid = row.bigint("relfrozenxid");
    boolean wraparound =
        frozenXid != 0 && nextXid.getAsLong() - frozenXid > thresholds.freezeMaxAge();
    RelationStatistics table = found == null ? null : found.read();
    double tuples = row.real("reltuples");
    boolean active = active();
    boolean vacuum = wraparound || (active && table != null && thresholds.vacuum(table, tuples));
    // A toast table has no statistics for the planner.
    boolean analyze =
        active
            && table != null
            && row.letter("relkind") != 't'
            && thresholds.analyze(table, tuples);
    if (!vacuum && !analyze) {
      return null;
    }
    String schema = catalog.namespaceName(row.oid("relnamespace"));
    return new Work(
        databaseOid,
        row.oid("oid"),
        schema + "." + row.text("relname"),
        vacuum,
        analyze,
        wraparound);
  }

  @Override
  public Future<@Nullable Work> again(Work work) {
    return peek.ask(
        work.databaseOid(),
        catalog -> {
          CatalogRow row = row(catalog, work);
          return row == null ? null : work(catalog, row, work.databaseOid());
        });
  }

  private static @Nullable CatalogRow row(BackendCatalog catalog, Work work) {
    return catalog.reader().one("pg_class", "pg_class_oid_index", work.relationOid());
  }

  @Override
  public Task begin(Worker worker, Work work) {
    return new Running(worker, work);
  }

  /// What a worker's session must know of its table.
  private record Details(
      String database, String schema, String table, AutovacuumThresholds thresholds) {}

  private @Nullable Details details(BackendCatalog catalog, Work work) {
    CatalogRow row = row(catalog, work);
    String database = catalog.databaseName(work.databaseOid());
    String schema = row == null ? null : catalog.namespaceName(row.oid("relnamespace"));
    return row == null || database == null || schema == null
        ? null
        : new Details(
            database,
            schema,
            row.text("relname"),
            AutovacuumThresholds.of(config.get(), options(catalog, row)));
  }

  /// A table under way: in a session of its own, which makes way for those who want a lock.
  private final class Running implements Task {
    private final Worker worker;
    private final Work work;
    private final Future<Void> done;
    private @Nullable InternalSession session;
    private @Nullable PgException cancelled;

    Running(Worker worker, Work work) {
      this.worker = worker;
      this.work = work;
      this.done =
          peek.ask(work.databaseOid(), catalog -> details(catalog, work)).compose(this::run);
    }

    private Future<Void> run(@Nullable Details details) {
      if (details == null) {
        return Future.succeededFuture();
      }
      if (cancelled != null) {
        return Future.failedFuture(cancelled);
      }
      InternalSession opened =
          new InternalSession(
              environment.get(),
              new Subject(subject.processType(), worker.pid()),
              worker.forkSequence(),
              SUPERUSER,
              new AuthCatalog.Database(work.databaseOid(), details.database, true, -1));
      session = opened;
      AutovacuumThresholds thresholds = details.thresholds;
      opened.set(Gucs.VACUUM_COST_DELAY, thresholds.costDelayMs());
      opened.set(Gucs.VACUUM_COST_LIMIT, thresholds.shareOfLimit(worker.workers()));
      opened.set(Gucs.LOG_AUTOVACUUM_MIN_DURATION, thresholds.logMinDurationMs());
      if (thresholds.freezeMinAge() >= 0) {
        opened.set(Gucs.VACUUM_FREEZE_MIN_AGE, thresholds.freezeMinAge());
      }
      if (thresholds.freezeTableAge() >= 0) {
        opened.set(Gucs.VACUUM_FREEZE_TABLE_AGE, thresholds.freezeTableAge());
      }
      if (!work.wraparound()) {
        opened.makeWay("canceling autovacuum task");
      }
      // Long values are a table of their own here, with parameters of their own.
      String options =
          (work.wraparound() ? "(SKIP_LOCKED off" : "(SKIP_LOCKED")
              + (work.vacuum() ? ", PROCESS_TOAST off" : "")
              + (work.vacuum() && work.analyze() ? ", ANALYZE) " : ") ");
      String name = QuoteIdent.quote(details.schema) + "." + QuoteIdent.quote(details.table);
      return opened
          .run((work.vacuum() ? "VACUUM " : "ANALYZE ") + options + name, work.activity())
          .recover(failure -> Future.failedFuture(withContext(failure, details)))
          .eventually(() -> {
            session = null;
            return opened.close();
          });
    }

    private Throwable withContext(Throwable failure, Details details) {
      return failure instanceof PgException error
          ? error.context(
              "automatic %s of table \"%s.%s.%s\""
                  .formatted(
                      work.vacuum() ? "vacuum" : "analyze",
                      details.database,
                      details.schema,
                      details.table))
          : failure;
    }

    @Override
    public Future<Void> done() {
      return done;
    }

    @Override
    public void cancel(PgException reason) {
      cancelled = reason;
      InternalSession current = session;
      if (current != null) {
        current.cancel(reason);
      }
    }
  }
}
