package dev.lifeline.commands;

import dev.lifeline.access.heap.IndexCleanup;
import dev.lifeline.access.heap.Vacuum;
import dev.lifeline.access.heap.VacuumOptions;
import dev.lifeline.access.heap.VacuumReport;
import dev.lifeline.access.nbtree.BTree;
import dev.lifeline.access.table.Table;
import dev.lifeline.catalog.BackendCatalog;
import dev.lifeline.catalog.CatalogRow;
import dev.lifeline.catalog.CatalogWriter;
import dev.lifeline.catalog.Database;
import dev.lifeline.catalog.Relation;
import dev.lifeline.catalog.RelationWriter;
import dev.lifeline.catalog.Steps;
import dev.lifeline.catalog.SystemOids;
import dev.lifeline.catalog.ToastNames;
import dev.lifeline.events.VacuumEvent;
import dev.lifeline.executor.SessionContext;
import dev.lifeline.parser.tree.RangeVar;
import dev.lifeline.parser.tree.VacuumRelation;
import dev.lifeline.parser.tree.VacuumStmt;
import dev.lifeline.storage.lmgr.LockMode;
import dev.lifeline.utils.AsyncLoop;
import dev.lifeline.utils.NotYet;
import dev.lifeline.utils.Retry;
import dev.lifeline.utils.activity.RelationCounters;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.Severity;
import dev.lifeline.utils.error.SqlState;
import dev.lifeline.utils.guc.Gucs;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// VACUUM and ANALYZE: one table after the other. VACUUM does each in a transaction of its own, so
/// that its locks do not pile up.
final class VacuumCommands {
  /// What the process table calls a worker.
  private static final String AUTOVACUUM_WORKER = "autovacuum worker";

  /// What the name of a toast table begins with, before the oid of its table.
  private final CommandContext context;

  private final SessionContext session;
  private final BackendCatalog catalog;

  /// Whether this is an autovacuum worker.
  private final boolean auto;

  VacuumCommands(CommandContext context) {
    this.context = context;
    this.session = context.session();
    this.catalog = context.catalog();
    this.auto = session.lockOwner().subject().processType().equals(AUTOVACUUM_WORKER);
  }

  Future<String> run(VacuumStmt statement) {
    VacuumParams options = VacuumParams.read(statement);
    String tag = options.vacuum() ? "VACUUM" : "ANALYZE";
    if (options.vacuum()) {
      context.preventInTransactionBlock("VACUUM");
    }
    return context
        .drive(() -> targets(statement, options))
        .compose(tables -> next(tables, 0, options))
        .compose(ignored ->
            options.vacuum() ? new FrozenXids(context).update() : Future.succeededFuture())
        .map(ignored -> tag);
  }

  /// A table, and which of its columns are to be analyzed; none for all.
  private record Target(int oid, List<String> columns) {}

  /// The tables that are named, or all in the database.
  private List<Target> targets(VacuumStmt statement, VacuumParams options) {
    List<Target> tables = new ArrayList<>();
    if (statement.rels().isEmpty()) {
      for (CatalogRow row :
          catalog
              .reader()
              .scan("pg_class", r -> r.letter("relkind") == 'r' && r.oid("relfilenode") != 0)) {
        Relation relation = catalog.byOid(row.oid("oid"));
        boolean fixed = options.full() && SystemOids.isSystem(row.oid("oid"));
        if (relation != null && mayMaintain(relation) && !fixed) {
          tables.add(new Target(relation.oid(), List.of()));
        }
      }
      return tables;
    }
    for (VacuumRelation target : statement.rels()) {
      RangeVar name = target.relation();
      if (!target.vaCols().isEmpty() && !options.analyze()) {
        throw PgException.error(
            SqlState.FEATURE_NOT_SUPPORTED,
            "ANALYZE option must be specified when a column list is provided");
      }
      Relation relation = catalog.require(name.schemaname(), name.relname(), -1);
      checkColumns(relation, target.vaCols());
      tables.add(new Target(relation.oid(), target.vaCols()));
    }
    return tables;
  }

  private static void checkColumns(Relation relation, List<String> columns) {
    Set<String> named = new HashSet<>();
    for (String column : columns) {
      if (!named.add(column)) {
        throw PgException.error(
            SqlState.DUPLICATE_COLUMN,
            "column \"%s\" of relation \"%s\" appears more than once",
            column,
            relation.name());
      }
      relation.requireColumn(column);
    }
  }

  private boolean mayMaintain(Relation relation) {
    Database database = catalog.database(catalog.databaseOid());
    boolean ofDatabase =
        database != null && catalog.rights().actsAs(database.owner()) && !isShared(relation);
    return catalog.rights().actsAs(relation.owner()) || ofDatabase;
  }

  private static boolean isShared(Relation relation) {
    return relation.locator() != null && relation.file().dbOid() == 0;
  }

  private Future<Void> next(List<Target> tables, int index, VacuumParams options) {
    if (index == tables.size()) {
      return Future.succeededFuture();
    }
    return one(tables.get(index), options)
        .compose(
            ignored -> options.vacuum() ? session.restartTransaction() : Future.succeededFuture())
        .compose(ignored ->
            options.vacuum() && options.analyze()
                ? analyzeToo(tables.get(index), options)
                : Future.succeededFuture())
        .compose(ignored -> next(tables, index + 1, options));
  }

  private Future<Void> one(Target target, VacuumParams options) {
    return context
        .drive(() -> Optional.ofNullable(open(target.oid, options)))
        .compose(relation -> {
          if (relation.isEmpty()) {
            return Future.succeededFuture();
          }
          if (options.full()) {
            return full(relation.get(), options);
          }
          return options.vacuum()
              ? context
                  .drive(() -> guard(relation.get()))
                  .compose(guard -> vacuum(relation.get(), guard, options))
                  .compose(ignored -> vacuumToast(relation.get(), options))
              : analyze(relation.get(), target.columns, options);
        });
  }

  /// The analyze of a VACUUM: in a transaction of its own.
  private Future<Void> analyzeToo(Target target, VacuumParams options) {
    return one(target, options.ofAnalyze()).compose(ignored -> session.restartTransaction());
  }

  /// Into a new file, with the long values and the indexes.
  private Future<Void> full(Relation relation, VacuumParams options) {
    RewriteTable.refuseSystem("VACUUM FULL", relation);
    session.xact().releaseSnapshot();
    VacuumFullEvents events = new VacuumFullEvents(session, catalog, relation, auto);
    return new RewriteTable(context, "VACUUM FULL", options.verbose())
        .run(relation, null)
        .onSuccess(events::completed)
        .onFailure(events::cancelled)
        .mapEmpty();
  }

  /// Whose lock keeps others out of the relation. A toast table's users have a lock on the table
  /// that it belongs to: so who vacuums one by its own name, as autovacuum does, wants that, too.
  /// If he cannot have it, nothing is cut off.
  private Relation guard(Relation relation) {
    int oid = relation.namespace().equals("pg_toast") ? ToastNames.tableOid(relation.name()) : 0;
    if (oid == 0 || !catalog.tryLock(oid, LockMode.SHARE_UPDATE_EXCLUSIVE)) {
      return relation;
    }
    Relation owner = catalog.byOid(oid);
    return owner == null ? relation : owner;
  }

  /// The long values of a table, under the lock on the table.
  private Future<Void> vacuumToast(Relation relation, VacuumParams options) {
    Relation.Toast toast = relation.toast();
    if (toast == null || !options.processToast()) {
      return Future.succeededFuture();
    }
    return context
        .drive(() -> Optional.ofNullable(catalog.byOid(toast.oid())))
        .compose(found ->
            found.isEmpty() ? Future.succeededFuture() : vacuum(found.get(), relation, options));
  }

  private @Nullable Relation open(int oid, VacuumParams options) {
    Relation relation = catalog.byOid(oid);
    if (relation == null) {
      return null;
    }
    String what = options.vacuum() ? "vacuum" : "analyze";
    if (!relation.kind().isTable() || relation.locator() == null) {
      warn("skipping \"%s\" --- cannot %s non-tables or special system tables", relation, what);
      return null;
    }
    if (!mayMaintain(relation)) {
      warn("skipping \"%s\" --- only table or database owner can %s it", relation, what);
      return null;
    }
    LockMode mode = options.full() ? RewriteTable.LOCK : LockMode.SHARE_UPDATE_EXCLUSIVE;
    if (options.skipLocked()) {
      if (!catalog.tryLock(oid, mode)) {
        if (!auto || session.gucs().get(Gucs.LOG_AUTOVACUUM_MIN_DURATION) >= 0) {
          session.notice(
              new PgException(
                  auto ? Severity.LOG : Severity.WARNING,
                  SqlState.LOCK_NOT_AVAILABLE,
                  "skipping " + what + " of \"" + relation.name() + "\" --- lock not available"));
        }
        return null;
      }
      return catalog.byOid(oid);
    }
    return catalog.reopen(oid, mode);
  }

  private void warn(String format, Relation relation, String what) {
    session.notice(
        new PgException(
            Severity.WARNING,
            SqlState.WARNING,
            String.format(Locale.ROOT, format, relation.name(), what)));
  }

  /// Whether a lock of the guard keeps others out of the relation, so that its end can be cut off.
  /// Long values are used under the lock of the table that they belong to: a row that is being put
  /// there would be cut off too.
  private static boolean mayTruncate(Relation relation, Relation guard) {
    boolean toast = relation.namespace().equals("pg_toast");
    return toast == (relation.oid() != guard.oid());
  }

  /// @param guard the table itself, or the one whose long values it holds
  private Future<Void> vacuum(Relation relation, Relation guard, VacuumParams options) {
    return context
        .drive(() -> {
          CatalogRow row = catalog.reader().one("pg_class", "pg_class_oid_index", relation.oid());
          return options.resolved(row == null ? List.of() : row.texts("reloptions"));
        })
        .compose(resolved ->
            context
                .drive(() -> FreezeLimits.of(session, catalog, relation, resolved))
                .compose(freeze -> vacuum(relation, guard, resolved, freeze)));
  }

  private Future<Void> vacuum(
      Relation relation, Relation guard, VacuumParams options, FreezeLimits freeze) {
    Table table = catalog.table(relation);
    List<BTree> indexes = new ArrayList<>();
    relation.indexes().forEach(index -> indexes.add(catalog.index(relation, index)));
    session.xact().releaseSnapshot();
    Vacuum vacuum =
        new Vacuum(
            catalog.catalogs().heap(),
            table,
            indexes,
            session.lockOwner(),
            new VacuumOptions(
                session.databaseName(),
                relation.namespace(),
                relation.name(),
                Boolean.TRUE.equals(options.truncate()) && mayTruncate(relation, guard),
                freeze.minAge(),
                freeze.aggressive(),
                auto,
                options.disablePageSkipping(),
                session.cause(),
                guard.oid(),
                SystemOids.isSystem(guard.oid()),
                Objects.requireNonNullElse(options.indexCleanup(), IndexCleanup.AUTO)));
    VacuumMessages messages = new VacuumMessages(session, relation);
    if (options.verbose()) {
      messages.begin(freeze.aggressive() ? "aggressively vacuuming" : "vacuuming");
    }
    return steps(vacuum)
        .onFailure(failure ->
            vacuum.cancelled(String.valueOf(failure.getMessage()), session.cancelCause()))
        .compose(ignored -> {
          VacuumReport report = vacuum.report();
          counters(relation)
              .vacuumed((long) estimate(relation, report), report.tuplesDeadNotYet(), auto, now());
          if (options.verbose()) {
            messages.vacuumed(report, freeze);
          } else if (auto) {
            messages.autovacuumed(report, freeze);
          }
          return context.finish(store(relation, report));
        });
  }

  private RelationCounters counters(Relation relation) {
    return catalog.catalogs().shared().counters().relation(relation.file().dbOid(), relation.oid());
  }

  private long now() {
    return session.clock().epochMicros();
  }

  /// A piece of the vacuum at a time, and after each the other sessions on this event loop.
  private Future<Void> steps(Vacuum vacuum) {
    VacuumDelay delay = new VacuumDelay(session);
    return AsyncLoop.whileTrue(() -> {
      Supplier<Boolean> next = () -> step(vacuum, delay);
      Future<Boolean> done = vacuum.mustGoOn() ? Retry.call(next) : context.drive(next);
      return done.compose(more -> rest(delay, more));
    });
  }

  /// About a page: it had to be read if the step could not be done at once.
  private static boolean step(Vacuum vacuum, VacuumDelay delay) {
    long before = vacuum.walRecords();
    try {
      boolean more = vacuum.step();
      delay.page(false, vacuum.walRecords() > before);
      return more;
    } catch (NotYet reading) {
      delay.page(true, false);
      throw reading;
    }
  }

  private Future<Boolean> rest(VacuumDelay delay, boolean more) {
    return more ? delay.rest().compose(rested -> afterTurn(true)) : Future.succeededFuture(false);
  }

  private Steps store(Relation relation, VacuumReport report) {
    Steps steps = new Steps();
    CatalogWriter writer = context.writer(steps);
    RelationWriter relations = new RelationWriter(writer);
    double tuples = estimate(relation, report);
    relations.updateClass(
        relation.oid(),
        row -> {
          row.set("relpages", (long) report.pagesRemaining())
              .set("reltuples", tuples)
              .set("relallvisible", (long) report.pagesVisible());
          if (report.oldestKeptXid() > row.bigint("relfrozenxid")) {
            row.set("relfrozenxid", report.oldestKeptXid());
          }
        });
    for (VacuumReport.IndexReport index : report.indexes()) {
      relations.updateClass(
          index.relation(),
          row ->
              row.set("relpages", (long) index.pages()).set("reltuples", (double) index.tuples()));
    }
    writer.endCommand(relation.oid());
    return steps;
  }

  /// On the pages that were passed over the rows are taken to be as dense as they were.
  private static double estimate(Relation relation, VacuumReport report) {
    int pages = report.pagesRemoved() + report.pagesRemaining();
    int scanned = report.pagesScanned();
    if (scanned >= pages) {
      return report.liveTuples();
    }
    if (relation.tuples() < 0 || relation.pages() == 0) {
      return scanned == 0 ? -1 : Math.floor(report.liveTuples() / scanned * pages + 0.5);
    }
    double density = relation.tuples() / relation.pages();
    return Math.floor(density * (pages - scanned) + report.liveTuples() + 0.5);
  }

  private Future<Void> analyze(Relation relation, List<String> columns, VacuumParams options) {
    VacuumMessages messages = new VacuumMessages(session, relation);
    if (options.verbose()) {
      messages.begin("analyzing");
    }
    long began = session.clock().nanoTime();
    return context
        .drive(() -> new AnalyzeTable(context, relation, columns))
        .compose(AnalyzeTable::run)
        .map(result -> {
          if (options.verbose()) {
            messages.analyzed(result);
          }
          analyzed(relation, result, columns.isEmpty(), began);
          return null;
        });
  }

  private void analyzed(
      Relation relation, AnalyzeTable.Result result, boolean allColumns, long beganNanos) {
    counters(relation)
        .analyzed((long) result.rows(), (long) result.deadRows(), allColumns, auto, now());
    double elapsedMs = (session.clock().nanoTime() - beganNanos) / 1e6;
    catalog
        .catalogs()
        .shared()
        .environment()
        .emitter()
        .emit(
            session.lockOwner().subject(),
            new VacuumEvent.AnalyzeCompleted(
                session.databaseName(),
                relation.namespace(),
                relation.name(),
                auto,
                result.pagesScanned(),
                result.sampled(),
                (long) result.rows(),
                elapsedMs),
            session.cause());
    if (auto) {
      new VacuumMessages(session, relation).autoanalyzed(elapsedMs);
    }
  }

  /// Where there is more to do, the other sessions on this event loop get their turn first.
  private Future<Boolean> afterTurn(boolean more) {
    return more ? session.timers().yieldTurn().map(true) : Future.succeededFuture(false);
  }
}
