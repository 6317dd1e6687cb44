package dev.lifeline.tcop;

import dev.lifeline.access.transam.LogicalRecords;
import dev.lifeline.catalog.BackendCatalog;
import dev.lifeline.catalog.CatalogWriter;
import dev.lifeline.catalog.Steps;
import dev.lifeline.events.Subject;
import dev.lifeline.executor.Execution;
import dev.lifeline.executor.Statement;
import dev.lifeline.libpq.AuthCatalog;
import dev.lifeline.libpq.FrontendMessage;
import dev.lifeline.libpq.MessageReader;
import dev.lifeline.replication.logical.ApplySession;
import dev.lifeline.utils.AsyncLoop;
import dev.lifeline.utils.NotYet;
import dev.lifeline.utils.Retry;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import dev.lifeline.utils.guc.Gucs;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The session of a logical replication worker: transactions that it opens itself, and in them
/// statements that are prepared once. What it would tell a client goes nowhere; its errors are its
/// worker's.
///
/// Belongs to one event loop; runs one statement at a time.
public final class WorkerSession implements ApplySession {
  private static final int STATEMENTS_MAX = 1000;
  private static final TransactionCommand.Begin BEGIN =
      new TransactionCommand.Begin("BEGIN", new TransactionCommand.Modes(null, null, null));

  private final InternalSession internal;
  private final Session session;
  private final Interrupts interrupts;
  private final Map<String, Statement> prepared = new HashMap<>();
  private @Nullable Execution running;
  private @Nullable Promise<Void> copyWaits;
  private boolean open;

  /// @param subject the process that it runs in
  /// @param cause the event that its work follows from
  /// @param role whose rights it has
  public WorkerSession(
      BackendEnvironment environment,
      Subject subject,
      long cause,
      AuthCatalog.Role role,
      AuthCatalog.Database database) {
    this.internal =
        new InternalSession(environment, subject, cause, role, database, this::copyDataWanted);
    this.session = internal.session();
    this.interrupts = internal.interrupts();
    // As PostgreSQL's: what is applied was checked where it was done.
    internal.set(Gucs.SESSION_REPLICATION_ROLE, "replica");
    internal.set(Gucs.SEARCH_PATH, "");
  }

  @Override
  public void begin() {
    if (!open) {
      session.statementArrived("");
      session.startStatement();
      Future<String> begun = session.block().execute(BEGIN);
      if (!begun.succeeded()) {
        throw new IllegalStateException("a transaction begins at once", begun.cause());
      }
      open = true;
    }
  }

  @Override
  public boolean inTransaction() {
    return open;
  }

  @Override
  public <T extends @Nullable Object> Future<T> look(Function<BackendCatalog, T> question) {
    return retry(() -> question.apply((BackendCatalog) session.catalog()));
  }

  @Override
  public Future<Void> change(Consumer<CatalogWriter> changes) {
    return look(
            catalog -> {
              Steps steps = new Steps();
              changes.accept(catalog.writer(steps));
              return steps;
            })
        .compose(steps ->
            retry(() -> {
              steps.run();
              return Boolean.TRUE;
            }))
        .map(done -> {
          session.xact().nextCommand();
          return null;
        });
  }

  private <T extends @Nullable Object> Future<T> retry(Supplier<T> operation) {
    return Retry.call(() -> {
      session.checkForInterrupts();
      try {
        return operation.get();
      } catch (NotYet notYet) {
        throw new NotYet(session.interruptible(notYet.until()));
      }
    });
  }

  private Future<Statement> prepare(String sql, int[] types) {
    Statement known = prepared.get(sql);
    if (known != null) {
      return Future.succeededFuture(known);
    }
    return session
        .engine()
        .prepare(session, session.engine().parse(sql).getFirst(), types)
        .onSuccess(made -> {
          if (prepared.size() >= STATEMENTS_MAX) {
            prepared.clear();
          }
          prepared.put(sql, made);
        });
  }

  @Override
  public Future<Long> execute(
      String sql,
      int[] types,
      List<byte @Nullable []> parameters,
      int[] formats,
      IntConsumer unreadable) {
    session.statementArrived(sql);
    session.startStatement();
    return prepare(sql, types)
        .compose(statement ->
            parameters.isEmpty()
                ? run(session.engine().execute(session, statement, null))
                : retry(() ->
                        session
                            .engine()
                            .bind(
                                session,
                                statement,
                                parameters,
                                formats,
                                i -> {
                                  unreadable.accept(i);
                                  return "";
                                }))
                    .compose(values -> run(session.engine().execute(session, statement, values))))
        .map(WorkerSession::rows);
  }

  private Future<String> run(Execution execution) {
    running = execution;
    return execution
        .run(Destinations.NONE, 0)
        .map(finished -> {
          String tag = execution.completionTag();
          running = null;
          execution.close();
          return tag;
        });
  }

  /// `UPDATE 1` has one row, `TRUNCATE TABLE` none.
  private static long rows(String tag) {
    String last = tag.substring(tag.lastIndexOf(' ') + 1);
    return last.chars().allMatch(Character::isDigit) ? Long.parseLong(last) : 0;
  }

  @Override
  public Future<Void> copyIn(String sql, Supplier<Future<@Nullable Buffer>> data) {
    session.statementArrived(sql);
    session.startStatement();
    return session
        .engine()
        .prepare(session, session.engine().parse(sql).getFirst(), new int[0])
        .compose(statement -> {
          Future<String> copied = run(session.engine().execute(session, statement, null));
          return feed(copied, data)
              .transform(fed ->
                  fed.failed() && !copied.isComplete()
                      ? Future.failedFuture(fed.cause())
                      : copied.mapEmpty());
        });
  }

  /// The COPY goes on when this turn is over: it is told so from within.
  private void copyDataWanted() {
    Promise<Void> wait = copyWaits;
    copyWaits = null;
    if (wait != null) {
      session.timers().execute(wait::tryComplete);
    }
  }

  /// Hands the COPY what it waits for, until it is over.
  private Future<Void> feed(Future<String> copied, Supplier<Future<@Nullable Buffer>> data) {
    return AsyncLoop.whileTrue(() -> {
      if (copied.isComplete()) {
        return Future.succeededFuture(false);
      }
      CopyMessages copy = session.activeCopy();
      if (copy == null || !copy.waiting()) {
        Promise<Void> wait = Promise.promise();
        copyWaits = wait;
        copied.onComplete(over -> wait.tryComplete());
        return wait.future().map(true);
      }
      return data.get()
          .transform(piece -> {
            if (piece.failed()) {
              copy.fail(failure(piece.cause()));
              return Future.<Boolean>failedFuture(piece.cause());
            }
            Buffer bytes = piece.result();
            byte[] content = bytes == null ? new byte[0] : bytes.getBytes();
            byte type = bytes == null ? FrontendMessage.COPY_DONE : FrontendMessage.COPY_DATA;
            copy.accept(MessageReader.of(type, content, 0, content.length));
            return Future.succeededFuture(bytes != null);
          });
    });
  }

  private static PgException failure(Throwable cause) {
    return cause instanceof PgException e
        ? e
        : PgException.error(SqlState.CONNECTION_FAILURE, "%s", String.valueOf(cause.getMessage()));
  }

  @Override
  public Future<Void> commit(LogicalRecords.@Nullable Origin origin) {
    if (!open) {
      return Future.succeededFuture();
    }
    if (origin != null) {
      session.xact().setOrigin(origin);
    }
    return session
        .block()
        .execute(new TransactionCommand.Commit(false))
        .onComplete(done -> {
          open = false;
          session.endStatement();
        })
        .mapEmpty();
  }

  @Override
  public Future<Void> rollBack() {
    interrupts.clearCancel();
    Execution execution = running;
    if (execution != null) {
      running = null;
      execution.close();
    }
    if (!open) {
      return Future.succeededFuture();
    }
    open = false;
    session.endStatement();
    return session
        .block()
        .fail()
        .compose(failed -> session.block().execute(new TransactionCommand.Rollback(false)))
        .mapEmpty();
  }

  @Override
  public void synchronousCommit(String value) {
    internal.set(Gucs.SYNCHRONOUS_COMMIT, value);
  }

  @Override
  public void cancel(PgException reason) {
    interrupts.cancel(reason);
  }

  @Override
  public Future<Void> close() {
    return internal.close();
  }
}
