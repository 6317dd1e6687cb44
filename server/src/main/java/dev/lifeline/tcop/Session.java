package dev.lifeline.tcop;

import dev.lifeline.access.transam.Xact;
import dev.lifeline.catalog.SessionCatalog;
import dev.lifeline.catalog.SessionStatements;
import dev.lifeline.commands.TempSchema;
import dev.lifeline.events.LifecycleEvent;
import dev.lifeline.events.StatementEvent;
import dev.lifeline.executor.CopySink;
import dev.lifeline.executor.CopySource;
import dev.lifeline.executor.ResultColumn;
import dev.lifeline.executor.SessionContext;
import dev.lifeline.executor.async.SessionNotifications;
import dev.lifeline.libpq.BackendWriter;
import dev.lifeline.libpq.ClientAddress;
import dev.lifeline.libpq.ClientChannel;
import dev.lifeline.libpq.ClientMemory;
import dev.lifeline.libpq.TcpOptions;
import dev.lifeline.replication.Replication;
import dev.lifeline.replication.ReplicationFunctions;
import dev.lifeline.replication.backup.WalFunctions;
import dev.lifeline.storage.lmgr.LockOwner;
import dev.lifeline.utils.Clock;
import dev.lifeline.utils.Timers;
import dev.lifeline.utils.activity.DatabaseCounters;
import dev.lifeline.utils.adt.EvalContext;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import dev.lifeline.utils.guc.ActingRole;
import dev.lifeline.utils.guc.Guc;
import dev.lifeline.utils.guc.GucSession;
import dev.lifeline.utils.guc.Gucs;
import io.vertx.core.Future;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// An authorized client's session: its parameters, its transaction block, the statement that runs.
/// What the two query protocols share is here; they are in [SimpleQuery] and [ExtendedQuery].
final class Session implements SessionContext {
  private final BackendEnvironment environment;
  private final SessionIdentity identity;
  private final ClientChannel channel;
  private final ClientRoom room;
  private final BackendWriter writer;
  private final GucSession gucs;
  private final SessionSettings settings;
  private final Interrupts interrupts;
  private final BackendActivity activity;
  private final SessionReports reports;
  private final EvalContext evalContext;
  private final SessionServices services;
  private final TransactionBlock block;
  private final SessionObjects objects;
  private final ExportedSnapshots exportedSnapshots = new ExportedSnapshots(this);
  private final SqlEngine engine;
  private final Runnable copyDataWanted;
  private final NotificationDelivery notificationDelivery;
  private @Nullable CopyMessages copyIn;
  private @Nullable ReplicationFunctions replicationFunctions;
  private @Nullable WalFunctions walFunctions;
  private Timers.@Nullable Timer statementTimer;
  private long statementTimestamp;
  private boolean pipelined;
  private long cause;
  private long cancelCause;
  private int tcpGeneration = -1;
  private TcpOptions tcpOptions = TcpOptions.SYSTEM;
  private SignalFunctions.@Nullable SignalledBackend signalled;

  /// @param copyDataWanted called when a COPY waits for its client
  Session(
      BackendEnvironment environment,
      SessionIdentity identity,
      ClientChannel channel,
      BackendWriter writer,
      GucSession gucs,
      Interrupts interrupts,
      BackendActivity activity,
      SessionReports reports,
      ClientMemory.Share memory,
      Runnable copyDataWanted) {
    this.environment = environment;
    this.identity = identity;
    this.channel = channel;
    this.writer = writer;
    this.gucs = gucs;
    this.interrupts = interrupts;
    this.room = new ClientRoom(channel, interrupts, activity);
    this.activity = activity;
    this.reports = reports;
    this.objects = new SessionObjects(memory);
    this.copyDataWanted = copyDataWanted;
    this.settings = new SessionSettings(gucs, environment.config());
    this.services = environment.services().open(this, reports.subject());
    this.notificationDelivery =
        new NotificationDelivery(this, services::notifications, channel, writer);
    this.evalContext =
        new EvalContext(
            environment.clock(),
            new SessionFunctions(this, environment.postmaster()),
            services.catalogHooks());
    this.block =
        new TransactionBlock(services.transaction(), gucs, interrupts, new BlockListener());
    this.engine = new SessionEngine(environment.engine(), this);
    interrupts.onInterrupt(services::cancelWait);
    gucs.roles(new SessionRoles(this));
    settings.refresh(evalContext);
    applyTcpOptions();
    gucs.inForceBy(
        guc -> guc.name().startsWith("tcp_") ? channel.tcpOptionsInForce().valueOf(guc) : null);
    reports.applicationName(gucs.get(Gucs.APPLICATION_NAME));
    reports.sessionReady(settings, services, objects, evalContext);
  }

  /// Tells the socket what the parameters say, where that has changed.
  private void applyTcpOptions() {
    if (gucs.generation() != tcpGeneration) {
      tcpGeneration = gucs.generation();
      TcpOptions wanted = TcpOptions.of(gucs);
      if (!wanted.equals(tcpOptions)) {
        tcpOptions = wanted;
        channel.tcpOptions(wanted, this::said);
      }
    }
  }

  private void said(String message) {
    notice(PgException.log("%s", message));
  }

  /// A backend whose end a function of the running statement waits for; null for none.
  SignalFunctions.@Nullable SignalledBackend signalled() {
    return signalled;
  }

  void signalled(SignalFunctions.@Nullable SignalledBackend backend) {
    signalled = backend;
  }

  TransactionBlock block() {
    return block;
  }

  SqlEngine engine() {
    return engine;
  }

  SessionObjects objects() {
    return objects;
  }

  BackendWriter writer() {
    return writer;
  }

  SessionReports reports() {
    return reports;
  }

  @Override
  public boolean wantsPlanNodes() {
    return gucs.get(Gucs.LIFELINE_TRACE_PLAN_NODES) && reports.isTraced();
  }

  @Override
  public void planNodes(List<StatementEvent.PlanNode> nodes) {
    reports.planNodes(nodes);
  }

  @Override
  public long emit(LifecycleEvent event, long follows) {
    return reports.tell(event, follows);
  }

  LockFunctions lockFunctions() {
    return new LockFunctions(services.locks(), services.lockOwner(), databaseOid(), this::notice);
  }

  ExportedSnapshots exportedSnapshots() {
    return exportedSnapshots;
  }

  /// What replication shares, which a session can only have where there is storage.
  Replication replication() {
    Replication shared = services.replication();
    if (shared == null) {
      throw PgException.notSupported("replication");
    }
    return shared;
  }

  ReplicationFunctions replicationFunctions() {
    ReplicationFunctions made = replicationFunctions;
    if (made == null) {
      made = new ReplicationFunctions(replication(), this);
      replicationFunctions = made;
    }
    return made;
  }

  WalFunctions walFunctions() {
    WalFunctions made = walFunctions;
    if (made == null) {
      made = new WalFunctions(replication().memory(), this);
      walFunctions = made;
    }
    return made;
  }

  ClientAddress clientAddress() {
    return identity.address();
  }

  RowSender rowSender(List<ResultColumn> columns, RowFormats formats) {
    return new RowSender(writer, room, evalContext, columns, formats);
  }

  /// A message that brings a statement has arrived.
  void statementArrived(String sql) {
    statement(sql, true);
  }

  /// A message that binds or runs a statement has arrived.
  void statementContinues(String sql) {
    statement(sql, false);
  }

  private void statement(String sql, boolean anew) {
    statementTimestamp = environment.clock().epochMicros();
    activity.active(sql, statementTimestamp);
    reports.statementArrived(sql, anew);
  }

  /// A statement begins: it has a transaction from here on.
  void startStatement() {
    block.start();
    services.statementBegins();
    settings.refresh(evalContext);
    applyTcpOptions();
    evalContext.timestamps(activity.transactionStart(), statementTimestamp);
    if (statementTimer == null && settings.statementTimeoutMs() > 0) {
      statementTimer =
          environment
              .timers()
              .schedule(
                  settings.statementTimeoutMs() * 1_000_000, interrupts::cancelByStatementTimeout);
    }
  }

  /// The statement of this message has ended, one way or the other.
  void endStatement() {
    Timers.Timer timer = statementTimer;
    if (timer != null) {
      statementTimer = null;
      timer.cancel();
    }
    copyIn = null;
    applyTcpOptions();
  }

  /// Another statement may follow in the same implicit transaction: the extended protocol commits
  /// at Sync only.
  void pipelined(boolean more) {
    pipelined = more;
  }

  /// Tells the client which of its reported parameters have changed, as PostgreSQL does right
  /// before it is ready for the next query.
  void reportChangedParameters() {
    for (Guc<?> guc : gucs.takeChangedReports()) {
      writer.parameterStatus(guc.name(), gucs.show(guc.name()));
      if (guc.equals(Gucs.APPLICATION_NAME)) {
        activity.applicationName(gucs.get(Gucs.APPLICATION_NAME));
        reports.applicationName(gucs.get(Gucs.APPLICATION_NAME));
      }
    }
  }

  /// The COPY that reads from the client, or null.
  @Nullable CopyMessages activeCopy() {
    return copyIn;
  }

  /// From now on what the client sends goes there.
  void copyMessages(@Nullable CopyMessages messages) {
    copyIn = messages;
    copyDataWanted.run();
  }

  @Override
  public SessionNotifications notifications() {
    return notificationDelivery.notifications();
  }

  NotificationDelivery notificationDelivery() {
    return notificationDelivery;
  }

  /// A client has got this session.
  void countStart() {
    services.counters().sessions.increment();
  }

  /// The client's session ends.
  ///
  /// @param error what the client was told; null where it left by itself
  /// @param lost whether the connection was broken
  void countEnd(@Nullable PgException error, boolean lost) {
    DatabaseCounters counters = services.counters();
    long now = environment.clock().epochMicros();
    counters.sessionTime.add(now - activity.backendStart());
    counters.activeTime.add(activity.activeMicros(now));
    counters.idleInTransactionTime.add(activity.idleInTransactionMicros(now));
    if (error != null) {
      boolean killed = error.sqlState() == SqlState.ADMIN_SHUTDOWN;
      (killed ? counters.sessionsKilled : counters.sessionsFatal).increment();
    } else if (lost) {
      counters.sessionsAbandoned.increment();
    }
  }

  /// A statement has failed with this error.
  void countError(PgException error) {
    if (error.sqlState() == SqlState.T_R_DEADLOCK_DETECTED) {
      services.counters().deadlocks.increment();
    }
  }

  /// What `pg_stat_activity` shows that it waits for; nulls: for nothing any more.
  void showWait(@Nullable String type, @Nullable String event) {
    activity.waiting(type, event);
  }

  /// Drops what was temporary, when the last transaction has ended. What cannot be dropped now is
  /// found by another session later.
  Future<Void> dropTemporary() {
    if (!services.leavesTemporary()) {
      return Future.succeededFuture();
    }
    interrupts.hold();
    block.start();
    return TempSchema.dropAtEnd(this)
        .compose(dropped -> block.finish())
        .recover(error ->
            error instanceof PgException known
                ? block.fail().onComplete(undone -> reports.log(known))
                : Future.failedFuture(error));
  }

  void close() {
    endStatement();
    notificationDelivery.end();
    ReplicationFunctions replication = replicationFunctions;
    if (replication != null) {
      replication.close();
    }
    WalFunctions wal = walFunctions;
    if (wal != null) {
      wal.close();
    }
    services.close();
  }

  /// The event that its work follows from, where no client asks for it.
  void follows(long sequence) {
    cause = sequence;
  }

  /// The event that makes it cancel what it does.
  void cancelledBy(long sequence) {
    cancelCause = sequence;
  }

  @Override
  public long cause() {
    return cause;
  }

  @Override
  public long cancelCause() {
    return cancelCause;
  }

  /// Shows something else than the statement's text in `pg_stat_activity`.
  void showActivity(String text) {
    activity.query(text);
  }

  @Override
  public int pid() {
    return identity.pid();
  }

  @Override
  public int databaseOid() {
    return identity.database().oid();
  }

  @Override
  public String databaseName() {
    return identity.database().name();
  }

  @Override
  public int userOid() {
    return acting().oid();
  }

  @Override
  public String userName() {
    return acting().name();
  }

  @Override
  public String runningStatement() {
    return activity.query();
  }

  @Override
  public boolean superuser() {
    return acting().superuser();
  }

  private ActingRole acting() {
    return Objects.requireNonNull(gucs.acting(), "nobody has logged in");
  }

  @Override
  public SessionCatalog catalog() {
    return services.catalog();
  }

  @Override
  public GucSession gucs() {
    return gucs;
  }

  @Override
  public SessionStatements statements() {
    return objects;
  }

  @Override
  public Xact xact() {
    return services.xact();
  }

  @Override
  public LockOwner lockOwner() {
    return services.lockOwner();
  }

  @Override
  public EvalContext evalContext() {
    return evalContext;
  }

  @Override
  public Clock clock() {
    return environment.clock();
  }

  @Override
  public Timers timers() {
    return environment.timers();
  }

  @Override
  public long statementTimestamp() {
    return statementTimestamp;
  }

  @Override
  public void notice(PgException notice) {
    settings.refresh(evalContext);
    if (settings.toClient(notice.severity())) {
      writer.report(notice, reports.statementText());
    }
    reports.log(notice);
  }

  @Override
  public void checkForInterrupts() {
    interrupts.check();
  }

  @Override
  public <T extends @Nullable Object> Future<T> interruptible(Future<T> wait) {
    return interrupts.interruptible(wait);
  }

  @Override
  public boolean inTransactionBlock() {
    return pipelined || block.inBlock();
  }

  @Override
  public Future<Void> restartTransaction() {
    if (inTransactionBlock()) {
      throw new IllegalStateException("a transaction block cannot be restarted");
    }
    return block
        .finish()
        .map(committed -> {
          startStatement();
          return null;
        });
  }

  @Override
  public void discardStatements() {
    objects.deallocateAll();
    objects.closeAllPortals();
  }

  @Override
  public CopySource copyIn(int columns, boolean binary) {
    writer.copyInResponse(columns, binary);
    writer.flush();
    CopyIn copy = new CopyIn(copyDataWanted, interrupts);
    copyIn = copy;
    return copy;
  }

  @Override
  public CopySink copyOut(int columns, boolean binary) {
    writer.copyOutResponse(columns, binary);
    return new CopyOut(writer, room);
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "session %d of %s", pid(), userName());
  }

  private final class BlockListener implements TransactionBlock.Listener {
    @Override
    public void transactionStarted() {
      long now = statementTimestamp != 0 ? statementTimestamp : environment.clock().epochMicros();
      activity.transactionStart(now);
    }

    @Override
    public Future<Void> beforeCommit() {
      Future<Void> held = objects.beforeCommit();
      return held.succeeded() ? services.onCommit() : held.compose(done -> services.onCommit());
    }

    @Override
    public void subtransactionCommitted(int depth) {
      objects.subtransactionCommitted(depth);
    }

    @Override
    public void waitsForCommit() {
      activity.waiting("IO", "WALSync");
    }

    @Override
    public void transactionEnded(boolean committed) {
      activity.waiting(null, null);
      activity.transactionStart(0);
      objects.transactionEnded(committed);
      exportedSnapshots.transactionEnded();
    }

    @Override
    public void subtransactionAborted(int depth) {
      objects.subtransactionAborted(depth);
    }

    @Override
    public void notice(PgException notice) {
      Session.this.notice(notice);
    }
  }
}
