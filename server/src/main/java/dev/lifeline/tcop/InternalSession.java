package dev.lifeline.tcop;

import dev.lifeline.events.Subject;
import dev.lifeline.libpq.AuthCatalog;
import dev.lifeline.libpq.BackendWriter;
import dev.lifeline.libpq.ClientAddress;
import dev.lifeline.libpq.ClientChannel;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import dev.lifeline.utils.guc.ActingRole;
import dev.lifeline.utils.guc.Guc;
import dev.lifeline.utils.guc.GucSession;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;

/// A session without a client: a worker of the server that runs statements, such as an autovacuum
/// worker. What it would tell a client goes nowhere; its errors are its caller's.
///
/// Belongs to one event loop; runs one statement at a time.
public final class InternalSession {
  private final Interrupts interrupts = new Interrupts();
  private final Session session;
  private final SimpleQuery queries;

  /// @param subject the process that it runs in
  /// @param cause the event that its work follows from
  /// @param role whose rights it has
  public InternalSession(
      BackendEnvironment environment,
      Subject subject,
      long cause,
      AuthCatalog.Role role,
      AuthCatalog.Database database) {
    this(
        environment,
        subject,
        cause,
        role,
        database,
        () -> {
          throw PgException.notSupported("COPY FROM STDIN without a client");
        });
  }

  /// @param copyDataWanted called when a COPY wants data, and when it is told that there is some
  InternalSession(
      BackendEnvironment environment,
      Subject subject,
      long cause,
      AuthCatalog.Role role,
      AuthCatalog.Database database,
      Runnable copyDataWanted) {
    SessionReports reports = new SessionReports(environment, subject, ClientAddress.LOCAL);
    reports.cause(cause);
    reports.ofServer();
    reports.connecting(role.name(), database.name());
    GucSession gucs = new GucSession(environment.config());
    gucs.login(new ActingRole(role.oid(), role.name(), role.superuser()));
    BackendWriter writer = new BackendWriter(NoClient.INSTANCE);
    this.session =
        new Session(
            environment,
            new SessionIdentity(subject.pid(), ClientAddress.LOCAL, role, database),
            NoClient.INSTANCE,
            writer,
            gucs,
            interrupts,
            new BackendActivity(environment.clock().epochMicros()),
            reports,
            environment.clientMemory().share(),
            copyDataWanted);
    session.follows(cause);
    this.queries = new SimpleQuery(session);
  }

  Session session() {
    return session;
  }

  Interrupts interrupts() {
    return interrupts;
  }

  /// Sets a parameter of the session.
  public <T> void set(Guc<T> guc, T value) {
    session.gucs().override(guc, value);
  }

  /// From now on gives up with 57014 and this message what it does, where it holds a lock that
  /// somebody has waited for as long as `deadlock_timeout`.
  public void makeWay(String message) {
    session
        .lockOwner()
        .whenInTheWay(waiting -> {
          session.cancelledBy(waiting);
          interrupts.cancel(PgException.error(SqlState.QUERY_CANCELED, message));
        });
  }

  /// Runs the statements of a text as one transaction, as a simple query would.
  public Future<Void> run(String sql) {
    return run(sql, sql);
  }

  /// As [#run(String)].
  ///
  /// @param activity what `pg_stat_activity` shows instead of the text
  public Future<Void> run(String sql, String activity) {
    interrupts.clearCancel();
    Future<Void> work;
    try {
      work = queries.run(sql);
      session.showActivity(activity);
    } catch (RuntimeException | Error e) {
      work = Future.failedFuture(e);
    }
    return work.recover(this::rollBack).onComplete(done -> session.writer().flush());
  }

  private Future<Void> rollBack(Throwable failure) {
    if (!(failure instanceof PgException)) {
      // Shared memory may be damaged: it is not touched any more.
      return Future.failedFuture(failure);
    }
    queries.fail();
    session.endStatement();
    return session.block().fail().compose(rolledBack -> Future.failedFuture(failure));
  }

  /// Cancels the statement that runs: 57014.
  public void cancel() {
    interrupts.cancelByUser();
  }

  /// Ends the statement that runs with this error.
  public void cancel(PgException reason) {
    interrupts.cancel(reason);
  }

  /// Ends it, when nothing runs.
  public Future<Void> close() {
    return session.block().close().onSuccess(rolledBack -> session.close());
  }

  /// Takes everything and keeps nothing.
  private enum NoClient implements ClientChannel {
    INSTANCE;

    @Override
    public ClientAddress remoteAddress() {
      return ClientAddress.LOCAL;
    }

    @Override
    public void write(Buffer bytes) {}

    @Override
    public boolean writeQueueFull() {
      return false;
    }

    @Override
    public Future<Void> writable() {
      return Future.succeededFuture();
    }

    @Override
    public void pause() {}

    @Override
    public void resume() {}

    @Override
    public Future<Void> close() {
      return Future.succeededFuture();
    }
  }
}
