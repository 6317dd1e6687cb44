package dev.lifeline.tcop;

import dev.lifeline.access.SharedMemory;
import dev.lifeline.access.transam.IsolationLevel;
import dev.lifeline.access.transam.Transactions;
import dev.lifeline.access.transam.Xact;
import dev.lifeline.catalog.BackendCatalog;
import dev.lifeline.catalog.CatalogClient;
import dev.lifeline.catalog.CatalogRow;
import dev.lifeline.events.Subject;
import dev.lifeline.libpq.AuthCatalog;
import dev.lifeline.storage.ipc.Proc;
import dev.lifeline.storage.lmgr.LockOwner;
import dev.lifeline.utils.Retry;
import dev.lifeline.utils.Timers;
import dev.lifeline.utils.adt.EvalContext;
import dev.lifeline.utils.guc.GucSession;
import dev.lifeline.utils.guc.GucSource;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Reads the shared catalogs for those who are not yet anybody. Each look-up is a short transaction
/// of its own, one after the other; what all sessions know already costs no reading.
///
/// One for each event loop and each generation of the shared memory.
public final class CatalogAuth implements AuthCatalog {
  /// The database whose view of the shared catalogs is used: `template1`, which is always there.
  private static final int DATABASE = 1;

  /// The bootstrap superuser.
  private static final int SUPERUSER = 10;

  private final Transactions transactions;
  private final Reader reader;
  private final BackendCatalog catalog;
  private Future<?> last = Future.succeededFuture();

  /// @param subject the process that reads, on the event log
  /// @param catalogs opens a view of the catalogs
  public CatalogAuth(
      SharedMemory memory,
      Function<CatalogClient, BackendCatalog> catalogs,
      Subject subject,
      Timers timers,
      GucSession gucs) {
    this.transactions = memory.transactions();
    Proc proc = transactions.register(subject.pid(), DATABASE);
    // What logins look up is nobody's transaction in that database.
    proc.counters().enable(false);
    LockOwner owner = memory.locks().attach(subject.pid(), subject, timers);
    proc.setLockOwner(owner);
    this.reader = new Reader(proc, owner, gucs);
    this.catalog = catalogs.apply(reader);
  }

  @Override
  public Future<AuthCatalog.@Nullable Role> role(String name) {
    return read(() -> {
      dev.lifeline.catalog.Role role = catalog.role(name);
      if (role == null) {
        return null;
      }
      Long validUntil = role.validUntil();
      return new AuthCatalog.Role(
          role.oid(),
          role.name(),
          role.superuser(),
          role.canLogin(),
          role.replication(),
          role.connectionLimit(),
          role.password(),
          validUntil == null ? null : validUntil + EvalContext.EPOCH_SHIFT);
    });
  }

  @Override
  public Future<AuthCatalog.@Nullable Database> database(String name) {
    return read(() -> {
      dev.lifeline.catalog.Database database = catalog.database(name);
      return database == null
          ? null
          : new AuthCatalog.Database(
              database.oid(),
              database.name(),
              database.allowConnections(),
              database.connectionLimit());
    });
  }

  @Override
  public Future<Set<String>> memberships(String role) {
    return read(() -> {
      Set<String> names = new HashSet<>();
      gather(catalog.role(role), names);
      return names;
    });
  }

  private void gather(dev.lifeline.catalog.@Nullable Role role, Set<String> names) {
    if (role != null && names.add(role.name())) {
      role.memberOf().forEach(oid -> gather(catalog.role(oid), names));
    }
  }

  /// What is said for all databases or roles comes first, what is said for this pair last.
  @Override
  public Future<List<AuthCatalog.StoredSetting>> settings(int databaseOid, int roleOid) {
    return read(() -> {
      List<CatalogRow> rows =
          new ArrayList<>(
              catalog
                  .reader()
                  .scan("pg_db_role_setting", row -> concerns(row, databaseOid, roleOid)));
      rows.sort(
          Comparator.comparing((CatalogRow row) -> row.oid("setrole") != 0)
              .thenComparing(row -> row.oid("setdatabase") != 0));
      List<AuthCatalog.StoredSetting> settings = new ArrayList<>();
      for (CatalogRow row : rows) {
        GucSource source = source(row.oid("setdatabase") != 0, row.oid("setrole") != 0);
        row.texts("setconfig")
            .forEach(text -> settings.add(new AuthCatalog.StoredSetting(text, source)));
      }
      return settings;
    });
  }

  private static GucSource source(boolean ofDatabase, boolean ofRole) {
    if (ofDatabase) {
      return ofRole ? GucSource.DATABASE_USER : GucSource.DATABASE;
    }
    return ofRole ? GucSource.USER : GucSource.GLOBAL;
  }

  private static boolean concerns(CatalogRow row, int databaseOid, int roleOid) {
    int database = row.oid("setdatabase");
    int role = row.oid("setrole");
    return (database == 0 || database == databaseOid) && (role == 0 || role == roleOid);
  }

  private <T extends @Nullable Object> Future<T> read(Supplier<T> lookup) {
    Future<T> result =
        last.isComplete() ? readNow(lookup) : last.transform(earlier -> readNow(lookup));
    last = result;
    return result;
  }

  private <T extends @Nullable Object> Future<T> readNow(Supplier<T> lookup) {
    Xact xact = transactions.begin(reader.proc, IsolationLevel.READ_COMMITTED, true);
    reader.xact = xact;
    return Retry.call(lookup)
        .onComplete(read -> {
          reader.xact = null;
          Future<Void> ended = xact.commit();
          assert ended.succeeded() : "a transaction that only reads ends at once";
        });
  }

  /// Who reads.
  private static final class Reader implements CatalogClient {
    private final Proc proc;
    private final LockOwner owner;
    private final GucSession gucs;
    private @Nullable Xact xact;

    Reader(Proc proc, LockOwner owner, GucSession gucs) {
      this.proc = proc;
      this.owner = owner;
      this.gucs = gucs;
    }

    @Override
    public int pid() {
      return proc.pid();
    }

    @Override
    public int databaseOid() {
      return DATABASE;
    }

    @Override
    public int userOid() {
      return SUPERUSER;
    }

    @Override
    public Xact xact() {
      Xact current = xact;
      if (current == null) {
        throw new IllegalStateException("nothing is being read");
      }
      return current;
    }

    @Override
    public LockOwner lockOwner() {
      return owner;
    }

    @Override
    public GucSession gucs() {
      return gucs;
    }
  }
}
