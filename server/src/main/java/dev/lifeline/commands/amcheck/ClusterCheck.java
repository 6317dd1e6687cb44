package dev.lifeline.commands.amcheck;

import dev.lifeline.access.SharedMemory;
import dev.lifeline.access.transam.CheckpointRequest;
import dev.lifeline.access.transam.IsolationLevel;
import dev.lifeline.access.transam.Xact;
import dev.lifeline.catalog.BackendCatalog;
import dev.lifeline.catalog.CatalogClient;
import dev.lifeline.catalog.CatalogFunctions;
import dev.lifeline.catalog.CatalogRow;
import dev.lifeline.catalog.Catalogs;
import dev.lifeline.catalog.RelKind;
import dev.lifeline.catalog.Relation;
import dev.lifeline.catalog.StoredRelation;
import dev.lifeline.events.Subject;
import dev.lifeline.storage.file.Disk;
import dev.lifeline.storage.ipc.Proc;
import dev.lifeline.storage.lmgr.LockOwner;
import dev.lifeline.utils.Retry;
import dev.lifeline.utils.adt.EvalContext;
import dev.lifeline.utils.guc.GucSession;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/// Checks a whole cluster that has been recovered and that nobody is changing. Nothing is changed
/// by it, but for a checkpoint that it begins with.
public final class ClusterCheck {
  private static final int SUPERUSER = 10;
  private static final int POSTGRES = 5;

  /// No process has this number.
  private static final Subject SUBJECT = new Subject("checkdb", Integer.MAX_VALUE);

  /// Where sorts and hash joins put what does not fit into memory; of no database.
  private static final String TEMPORARY = "pgsql_tmp";

  private final Catalogs catalogs;
  private final Disk disk;
  private final GucSession gucs;
  private final Findings findings = new Findings();
  private final PageCheck pages;
  private final FilesCheck files;
  private int relations;
  private int databases;

  /// @param disk that the cluster is on
  public ClusterCheck(Catalogs catalogs, Disk disk, GucSession gucs) {
    this.catalogs = catalogs;
    this.disk = disk;
    this.gucs = gucs;
    this.pages = new PageCheck(disk, findings);
    this.files = new FilesCheck(disk, findings);
  }

  /// What was found.
  ///
  /// @param findings a line for each
  public record Report(List<String> findings, int databases, int relations, long pages) {
    public Report {
      findings = List.copyOf(findings);
    }

    public boolean clean() {
      return findings.isEmpty();
    }
  }

  public Future<Report> run() {
    SharedMemory shared = catalogs.shared();
    return shared
        .checkpoint(CheckpointRequest.requested())
        .compose(ignored -> pages.directory("global"))
        .compose(ignored -> disk.list("base"))
        .compose(this::databaseFiles)
        .compose(ignored ->
            new CommitLogCheck(
                    disk,
                    findings,
                    shared.controlData().oldestXid(),
                    shared.transactions().nextXid())
                .run())
        .compose(ignored -> in(POSTGRES, this::checkDatabases))
        .recover(failure -> {
          findings.add("cluster", PageCheck.message(failure));
          return Future.succeededFuture();
        })
        .map(ignored -> new Report(findings.lines(), databases, relations, pages.pages()));
  }

  private Future<Void> databaseFiles(List<String> names) {
    Future<Void> done = Future.succeededFuture();
    for (String name : names) {
      done = done.compose(ignored -> pages.directory("base/" + name));
    }
    return done;
  }

  private Future<Void> checkDatabases(BackendCatalog catalog) {
    Set<Integer> known = new TreeSet<>();
    return Retry.run(() -> catalog.reader().scan("pg_database", r -> known.add(r.oid("oid"))))
        .compose(ignored -> disk.list("base"))
        .compose(names -> {
          directories(known, names);
          Future<Void> done = Future.succeededFuture();
          for (int oid : known) {
            if (names.contains(Integer.toUnsignedString(oid))) {
              done = done.compose(ignored -> in(oid, each -> checkDatabase(each)));
            }
          }
          return done;
        });
  }

  private void directories(Set<Integer> known, List<String> names) {
    for (int oid : known) {
      if (!names.contains(Integer.toUnsignedString(oid))) {
        findings.add("base/" + Integer.toUnsignedString(oid), "missing, a database has it");
      }
    }
    for (String name : names) {
      if (name.equals(TEMPORARY)) {
        continue;
      }
      boolean number = name.chars().allMatch(Character::isDigit);
      if (!number || !known.contains(Integer.parseUnsignedInt(name))) {
        findings.add("base/" + name, "no database has it");
      }
    }
  }

  private Future<Void> checkDatabase(BackendCatalog catalog) {
    databases++;
    boolean withShared = databases == 1;
    return Retry.call(() -> StoredRelation.all(catalog.reader()))
        .compose(stored -> {
          String directory = "base/" + Integer.toUnsignedString(catalog.databaseOid());
          List<StoredRelation> own = stored.stream().filter(r -> r.file().dbOid() != 0).toList();
          List<StoredRelation> shared = stored.stream().filter(r -> r.file().dbOid() == 0).toList();
          Future<Void> done =
              files
                  .run(directory, own, false)
                  .compose(ignored -> Retry.run(() -> frozenXids(catalog, stored)));
          if (withShared) {
            done = done.compose(ignored -> files.run("global", shared, true));
          }
          for (StoredRelation each : withShared ? stored : own) {
            done = done.compose(ignored -> relation(catalog, each));
          }
          return done;
        })
        .recover(failure -> {
          findings.add(
              "database " + Integer.toUnsignedString(catalog.databaseOid()),
              PageCheck.message(failure));
          return Future.succeededFuture();
        });
  }

  /// What may be asked of the commit log: no relation has older xids than its database says, and
  /// none of those is too old for the commit log.
  private void frozenXids(BackendCatalog catalog, List<StoredRelation> stored) {
    CatalogRow row =
        catalog.reader().one("pg_database", "pg_database_oid_index", catalog.databaseOid());
    if (row == null) {
      return;
    }
    long ofDatabase = row.bigint("datfrozenxid");
    long oldest = catalogs.shared().controlData().oldestXid();
    if (ofDatabase < oldest) {
      findings.add(
          "database \"" + row.text("datname") + "\"",
          "datfrozenxid is %d, but the commit log begins with %d".formatted(ofDatabase, oldest));
    }
    for (StoredRelation each : stored) {
      boolean hasRows = each.kind() == RelKind.TABLE.code() || each.kind() == RelKind.TOAST.code();
      if (hasRows && each.frozenXid() < ofDatabase) {
        findings.add(
            "relation \"" + each.name() + "\"",
            "relfrozenxid is %d, but datfrozenxid is %d".formatted(each.frozenXid(), ofDatabase));
      }
    }
  }

  /// An index is checked with its table, a sequence is only a page.
  private Future<Void> relation(BackendCatalog catalog, StoredRelation stored) {
    relations++;
    if (stored.kind() == RelKind.INDEX.code() || stored.kind() == RelKind.SEQUENCE.code()) {
      return Future.succeededFuture();
    }
    EvalContext eval =
        new EvalContext(
            catalogs.shared().environment().clock(),
            new NoSession(catalog.client()),
            new CatalogFunctions(catalog));
    return Retry.call(() -> Optional.ofNullable(catalog.byOid(stored.oid())))
        .compose(found -> {
          if (found.isEmpty()) {
            findings.add("relation \"" + stored.name() + "\"", "its catalog rows are incomplete");
            return Future.succeededFuture();
          }
          Relation relation = found.get();
          return new RelationCheck(catalog, relation, eval, findings, stored.frozenXid()).run();
        })
        .recover(failure -> {
          findings.add("relation \"" + stored.name() + "\"", PageCheck.message(failure));
          return Future.succeededFuture();
        });
  }

  private record Reader(int databaseOid, Xact xact, LockOwner lockOwner, GucSession gucs)
      implements CatalogClient {
    @Override
    public int pid() {
      return SUBJECT.pid();
    }

    @Override
    public int userOid() {
      return SUPERUSER;
    }
  }

  /// In a transaction of a database.
  private Future<Void> in(int databaseOid, Function<BackendCatalog, Future<Void>> work) {
    SharedMemory shared = catalogs.shared();
    Proc proc = shared.transactions().register(SUBJECT, databaseOid);
    LockOwner owner =
        catalogs.locks().attach(SUBJECT.pid(), SUBJECT, shared.environment().timers());
    proc.setLockOwner(owner);
    Xact xact = shared.transactions().begin(proc, IsolationLevel.READ_COMMITTED, true);
    BackendCatalog catalog = catalogs.session(new Reader(databaseOid, xact, owner, gucs));
    return work.apply(catalog)
        .eventually(() -> {
          Future<Void> ended = xact.abort();
          catalogs.locks().releaseAll(owner);
          catalogs.locks().detach(owner);
          shared.transactions().unregister(proc);
          return ended;
        });
  }
}
