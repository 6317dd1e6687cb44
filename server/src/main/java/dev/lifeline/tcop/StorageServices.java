package dev.lifeline.tcop;

import dev.lifeline.access.SharedMemory;
import dev.lifeline.access.transam.IsolationLevel;
import dev.lifeline.access.transam.Transactions;
import dev.lifeline.access.transam.Xact;
import dev.lifeline.catalog.CatalogClient;
import dev.lifeline.catalog.SessionCatalog;
import dev.lifeline.catalog.SessionStatements;
import dev.lifeline.commands.TempSchema;
import dev.lifeline.events.Subject;
import dev.lifeline.executor.SessionContext;
import dev.lifeline.executor.async.NotificationQueue;
import dev.lifeline.executor.trigger.AfterTriggers;
import dev.lifeline.replication.Replication;
import dev.lifeline.storage.file.TempFile;
import dev.lifeline.storage.ipc.Proc;
import dev.lifeline.storage.ipc.RunningXids;
import dev.lifeline.storage.lmgr.LockManager;
import dev.lifeline.storage.lmgr.LockOwner;
import dev.lifeline.utils.Retry;
import dev.lifeline.utils.activity.Counters;
import dev.lifeline.utils.activity.DatabaseCounters;
import dev.lifeline.utils.adt.CatalogHooks;
import dev.lifeline.utils.adt.EvalContext;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import dev.lifeline.utils.guc.GucSession;
import dev.lifeline.utils.guc.Gucs;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Sessions upon one generation of shared memory: each gets an entry in the process array, a lock
/// owner and its view of the catalogs.
///
/// Safe for use by all event loops; what it opens belongs to the session's own.
public final class StorageServices implements SessionServices.Factory {
  private final Transactions transactions;
  private final LockManager locks;
  private final Counters counters;
  private final Function<CatalogClient, SessionCatalog> catalogs;
  private final Function<SessionCatalog, CatalogHooks> hooks;
  private final @Nullable Replication replication;
  private final NotificationQueue notifications = new NotificationQueue();

  /// @param catalogs opens a session's view of the catalogs
  /// @param hooks what types and functions see of that view
  public StorageServices(
      SharedMemory memory,
      Function<CatalogClient, SessionCatalog> catalogs,
      Function<SessionCatalog, CatalogHooks> hooks) {
    this(memory, catalogs, hooks, null);
  }

  /// As above, with replication.
  public StorageServices(
      SharedMemory memory,
      Function<CatalogClient, SessionCatalog> catalogs,
      Function<SessionCatalog, CatalogHooks> hooks,
      @Nullable Replication replication) {
    this.replication = replication;
    this.transactions = memory.transactions();
    this.locks = memory.locks();
    this.counters = memory.counters();
    this.catalogs = catalogs;
    this.hooks = hooks;
  }

  @Override
  public SessionServices open(SessionContext session, Subject subject) {
    LockOwner owner = locks.attach(session.pid(), subject, session.timers());
    return new Opened(session, owner);
  }

  /// One session's place.
  private final class Opened implements SessionServices, SessionTransaction, CatalogClient {
    private final SessionContext session;
    private final Proc proc;
    private final LockOwner owner;
    private final SessionCatalog catalog;
    private final CatalogHooks catalogHooks;

    /// Up to where locks were held when each open savepoint was set.
    private final Deque<Integer> marks = new ArrayDeque<>(0);

    private @Nullable Xact xact;

    /// The generation of the parameters that the owner's timeouts are from.
    private int timeoutsOf = -1;

    Opened(SessionContext session, LockOwner owner) {
      this.session = session;
      this.owner = owner;
      this.proc = transactions.register(session.pid(), session.databaseOid());
      proc.setLockOwner(owner);
      owner.statement(session::runningStatement);
      this.catalog = catalogs.apply(this);
      this.catalogHooks = hooks.apply(catalog);
    }

    @Override
    public SessionTransaction transaction() {
      return this;
    }

    @Override
    public EvalContext evalContext() {
      return session.evalContext();
    }

    @Override
    public SessionCatalog catalog() {
      return catalog;
    }

    @Override
    public CatalogHooks catalogHooks() {
      return catalogHooks;
    }

    @Override
    public @Nullable Replication replication() {
      return replication;
    }

    @Override
    public NotificationQueue notifications() {
      return notifications;
    }

    @Override
    public Future<Void> onCommit() {
      return TempSchema.beforeCommit(session);
    }

    @Override
    public boolean leavesTemporary() {
      return TempSchema.isLeftBy(session);
    }

    @Override
    public DatabaseCounters counters() {
      return counters.database(session.databaseOid());
    }

    @Override
    public int pid() {
      return session.pid();
    }

    @Override
    public int databaseOid() {
      return session.databaseOid();
    }

    @Override
    public int userOid() {
      return session.userOid();
    }

    @Override
    public GucSession gucs() {
      return session.gucs();
    }

    @Override
    public SessionStatements statements() {
      return session.statements();
    }

    @Override
    public LockOwner lockOwner() {
      return owner;
    }

    @Override
    public LockManager locks() {
      return locks;
    }

    @Override
    public Xact xact() {
      Xact current = xact;
      if (current == null) {
        throw new IllegalStateException("no transaction is open");
      }
      return current;
    }

    @Override
    public long xidIfAny() {
      Xact current = xact;
      return current == null ? 0 : current.topXidIfAny();
    }

    @Override
    public String virtualXid() {
      return proc.pid() + "/" + proc.localXid();
    }

    @Override
    public void begin(IsolationLevel isolation, boolean readOnly) {
      if (xact != null) {
        throw new IllegalStateException("a transaction is open already");
      }
      proc.counters().enable(session.gucs().get(Gucs.TRACK_COUNTS));
      xact = transactions.begin(proc, isolation, readOnly);
    }

    @Override
    public void statementBegins() {
      GucSession gucs = session.gucs();
      if (gucs.generation() != timeoutsOf) {
        timeoutsOf = gucs.generation();
        owner.lockTimeout(gucs.get(Gucs.LOCK_TIMEOUT));
        owner.deadlockTimeout(gucs.get(Gucs.DEADLOCK_TIMEOUT));
        owner.logWaits(gucs.get(Gucs.LOG_LOCK_WAITS) ? session::notice : null);
        long logged = gucs.get(Gucs.LOG_TEMP_FILES);
        proc.logTempFiles(logged < 0 ? null : file -> tempFileEnds(file, logged));
      }
    }

    private void tempFileEnds(TempFile file, long leastKb) {
      if (file.size() / 1024 >= leastKb) {
        session.notice(
            PgException.log("temporary file: path \"%s\", size %d", file.path(), file.size()));
      }
    }

    @Override
    public Future<Void> beforeCommit() {
      AfterTriggers triggers = AfterTriggers.existing(xact());
      return triggers == null
          ? Future.succeededFuture()
          : Retry.call(
                  () -> {
                    session.checkForInterrupts();
                    triggers.fireDeferred(session);
                    return Boolean.TRUE;
                  },
                  session::interruptible)
              .mapEmpty();
    }

    @Override
    public Future<Void> commit() {
      Xact ending = xact();
      ending.setSynchronousCommit(!session.gucs().get(Gucs.SYNCHRONOUS_COMMIT).equals("off"));
      return ending.commit().onComplete(ended -> ended());
    }

    @Override
    public Future<Void> abort() {
      return xact().abort().onComplete(ended -> ended());
    }

    private void ended() {
      xact = null;
      marks.clear();
      locks.releaseAll(owner);
    }

    @Override
    public void beginSub() {
      marks.push(locks.mark(owner));
      xact().beginSub();
    }

    @Override
    public void commitSub() {
      xact().commitSub();
      marks.pop();
    }

    @Override
    public void abortSub() {
      xact().abortSub();
      locks.releaseTo(owner, marks.pop());
    }

    /// Nothing has been read or written yet, so another transaction is as good.
    @Override
    public void setModes(IsolationLevel isolation, boolean readOnly) {
      if (xact().isolation() == isolation) {
        xact().setReadOnly(readOnly);
        return;
      }
      if (xact().xidIfAny() != Xact.INVALID_XID) {
        throw new IllegalStateException("the transaction has written already");
      }
      // To the client it is one transaction, and so it is counted as one.
      proc.counters().enable(false);
      Future<Void> nothing = xact().abort();
      if (!nothing.succeeded()) {
        throw new IllegalStateException("a transaction without an xid ends at once");
      }
      xact = transactions.begin(proc, isolation, readOnly);
      proc.counters().enable(session.gucs().get(Gucs.TRACK_COUNTS));
    }

    @Override
    public void importSnapshot(String name) {
      RunningXids exported = replication == null ? null : replication.exportedSnapshots().get(name);
      if (exported == null) {
        throw PgException.error(
            SqlState.INVALID_PARAMETER_VALUE, "invalid snapshot identifier: \"%s\"", name);
      }
      xact().importSnapshot(exported);
    }

    @Override
    public void cancelWait(PgException reason) {
      locks.cancelWait(owner, reason);
    }

    @Override
    public void close() {
      locks.detach(owner);
      transactions.unregister(proc);
    }
  }
}
