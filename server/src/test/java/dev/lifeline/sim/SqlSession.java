package dev.lifeline.sim;

import dev.lifeline.access.transam.IsolationLevel;
import dev.lifeline.access.transam.Xact;
import dev.lifeline.catalog.SessionCatalog;
import dev.lifeline.events.Subject;
import dev.lifeline.executor.CopySink;
import dev.lifeline.executor.CopySource;
import dev.lifeline.executor.Execution;
import dev.lifeline.executor.ResultColumn;
import dev.lifeline.executor.SessionContext;
import dev.lifeline.executor.Statement;
import dev.lifeline.storage.lmgr.LockOwner;
import dev.lifeline.tcop.ParsedStatement;
import dev.lifeline.tcop.SessionServices;
import dev.lifeline.tcop.SessionTransaction;
import dev.lifeline.tcop.TransactionCommand;
import dev.lifeline.utils.Clock;
import dev.lifeline.utils.Timers;
import dev.lifeline.utils.adt.ByteWriter;
import dev.lifeline.utils.adt.EvalContext;
import dev.lifeline.utils.adt.PgType;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import dev.lifeline.utils.guc.ActingRole;
import dev.lifeline.utils.guc.GucSession;
import dev.lifeline.utils.guc.ServerConfig;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A session without a wire: takes SQL and returns what a client would see, as text.
public final class SqlSession implements SessionContext {
  private static final int[] NO_TYPES = {};

  private final SqlCluster cluster;
  private final int pid;
  private final int databaseOid;
  private final GucSession gucs;
  private final SessionServices services;
  private final SessionTransaction transaction;
  private final EvalContext context;
  private boolean open;
  private final List<String> savepoints = new ArrayList<>();
  private boolean inBlock;
  private boolean failed;
  private boolean cancelled;

  /// What the statement waits for, as far as a cancel may end that.
  private @Nullable Promise<?> waiting;

  private Clock clock;
  private Timers timers;

  /// A statement's outcome: its rows as text, or its error.
  public record Outcome(
      List<String> columns,
      List<List<@Nullable String>> rows,
      String tag,
      @Nullable PgException error) {}

  SqlSession(SqlCluster cluster, int pid, int databaseOid) {
    this.cluster = cluster;
    this.clock = cluster.scheduler();
    this.timers = cluster.scheduler();
    this.pid = pid;
    this.databaseOid = databaseOid;
    ServerConfig config = ServerConfig.defaults();
    this.gucs = new GucSession(() -> config);
    gucs.login(new ActingRole(10, "postgres", true));
    this.services = cluster.services().open(this, new Subject("client backend", pid));
    this.transaction = services.transaction();
    this.context =
        new EvalContext(cluster.scheduler(), new SqlFunctions(this), services.catalogHooks());
  }

  /// From now on statements look at this clock and give up their turns there.
  public void time(Clock otherClock, Timers otherTimers) {
    clock = otherClock;
    timers = otherTimers;
  }

  /// Runs statements one after the other; stops at the first error.
  public List<Outcome> run(String sql) {
    return cluster.await(start(sql));
  }

  /// Runs one statement, and fails the test where it fails.
  public Outcome query(String sql) {
    Outcome last = run(sql).getLast();
    if (last.error() != null) {
      throw new AssertionError(sql + ": " + last.error().message(), last.error());
    }
    return last;
  }

  /// As [#run], without waiting for it.
  public Future<List<Outcome>> start(String sql) {
    List<Outcome> outcomes = new ArrayList<>();
    List<ParsedStatement> statements;
    try {
      statements = cluster.engine().parse(sql);
    } catch (PgException e) {
      outcomes.add(failure(e));
      return abortAfterError().map(outcomes);
    }
    return next(statements, 0, outcomes).map(outcomes);
  }

  private static Outcome failure(PgException e) {
    return new Outcome(List.of(), List.of(), "ERROR", e);
  }

  private Future<Void> next(List<ParsedStatement> statements, int index, List<Outcome> outcomes) {
    if (index == statements.size()) {
      return Future.succeededFuture();
    }
    return one(statements.get(index))
        .recover(e ->
            e instanceof PgException known
                ? abortAfterError().map(failure(known))
                : Future.failedFuture(e))
        .compose(outcome -> {
          outcomes.add(outcome);
          return outcome.error() == null
              ? next(statements, index + 1, outcomes)
              : Future.succeededFuture();
        });
  }

  private Future<Void> abortAfterError() {
    if (!open) {
      return Future.succeededFuture();
    }
    if (inBlock) {
      failed = true;
    }
    open = false;
    gucs.rollbackLevel();
    return transaction.abort();
  }

  private Future<Outcome> one(ParsedStatement statement) {
    try {
      TransactionCommand command = statement.transaction();
      if (command != null) {
        return control(command);
      }
      if (failed) {
        throw PgException.error(
            SqlState.IN_FAILED_SQL_TRANSACTION,
            "current transaction is aborted, commands ignored until end of transaction block");
      }
      begin();
      return execute(statement)
          .compose(outcome -> inBlock ? Future.succeededFuture(outcome) : commit().map(outcome));
    } catch (RuntimeException e) {
      return Future.failedFuture(e);
    }
  }

  private void begin() {
    if (!open) {
      transaction.begin(IsolationLevel.READ_COMMITTED, false);
      gucs.beginLevel();
      open = true;
    }
    long now = cluster.scheduler().epochMicros();
    context.timestamps(now, now);
  }

  private Future<Void> commit() {
    open = false;
    gucs.commitLevel();
    return transaction.commit();
  }

  private Future<Outcome> control(TransactionCommand command) {
    Outcome done = new Outcome(List.of(), List.of(), command.tag(), null);
    return switch (command) {
      case TransactionCommand.Begin begin -> {
        boolean repeatable = "repeatable read".equals(begin.modes().isolation());
        transaction.begin(
            repeatable ? IsolationLevel.REPEATABLE_READ : IsolationLevel.READ_COMMITTED, false);
        gucs.beginLevel();
        open = true;
        inBlock = true;
        yield Future.succeededFuture(done);
      }
      case TransactionCommand.Commit end -> {
        inBlock = false;
        savepoints.clear();
        Outcome ended = failed ? new Outcome(List.of(), List.of(), "ROLLBACK", null) : done;
        boolean wasOpen = open;
        failed = false;
        yield wasOpen ? commit().map(ended) : Future.succeededFuture(ended);
      }
      case TransactionCommand.Rollback end -> {
        inBlock = false;
        savepoints.clear();
        failed = false;
        boolean wasOpen = open;
        open = false;
        if (!wasOpen) {
          yield Future.succeededFuture(done);
        }
        gucs.rollbackLevel();
        yield transaction.abort().map(done);
      }
      case TransactionCommand.Savepoint point -> {
        transaction.beginSub();
        savepoints.add(point.name());
        yield Future.succeededFuture(done);
      }
      case TransactionCommand.Release release -> {
        int at = savepoints.lastIndexOf(release.name());
        while (savepoints.size() > at) {
          transaction.commitSub();
          savepoints.removeLast();
        }
        yield Future.succeededFuture(done);
      }
      case TransactionCommand.RollbackTo back -> {
        int at = savepoints.lastIndexOf(back.name());
        while (savepoints.size() > at) {
          transaction.abortSub();
          savepoints.removeLast();
        }
        transaction.beginSub();
        savepoints.add(back.name());
        yield Future.succeededFuture(done);
      }
      default -> throw PgException.notSupported(command.tag());
    };
  }

  private Future<Outcome> execute(ParsedStatement statement) {
    return cluster
        .engine()
        .prepare(this, statement, NO_TYPES)
        .compose(prepared -> {
          Execution execution = cluster.engine().execute(this, prepared, null);
          List<List<@Nullable String>> rows = new ArrayList<>();
          return execution
              .run((batch, from, to) -> collect(prepared, batch, from, to, rows), 0)
              .map(finished -> outcome(prepared, rows, execution))
              .onComplete(any -> execution.close());
        });
  }

  private static Outcome outcome(
      Statement prepared, List<List<@Nullable String>> rows, Execution execution) {
    List<ResultColumn> columns = prepared.resultColumns();
    return new Outcome(
        columns == null ? List.of() : columns.stream().map(ResultColumn::name).toList(),
        rows,
        execution.completionTag(),
        null);
  }

  private @Nullable Future<Void> collect(
      Statement prepared, Batch batch, int from, int to, List<List<@Nullable String>> rows) {
    List<ResultColumn> columns = prepared.resultColumns();
    if (columns == null) {
      return null;
    }
    for (int row = from; row < to; row++) {
      List<@Nullable String> values = new ArrayList<>();
      for (int c = 0; c < columns.size(); c++) {
        values.add(text(Types.get(columns.get(c).typeOid()), batch, c, row));
      }
      rows.add(values);
    }
    return null;
  }

  private @Nullable String text(PgType type, Batch batch, int column, int row) {
    if (batch.column(column).isNull(row)) {
      return null;
    }
    ByteWriter writer = new ByteWriter();
    type.output(batch.column(column), row, context, writer);
    return new String(writer.toBytes(), StandardCharsets.UTF_8);
  }

  @Override
  public int pid() {
    return pid;
  }

  @Override
  public int databaseOid() {
    return databaseOid;
  }

  @Override
  public String databaseName() {
    return "postgres";
  }

  @Override
  public int userOid() {
    return 10;
  }

  @Override
  public String userName() {
    return "postgres";
  }

  @Override
  public boolean superuser() {
    return true;
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
  public Xact xact() {
    return services.xact();
  }

  @Override
  public LockOwner lockOwner() {
    return services.lockOwner();
  }

  @Override
  public EvalContext evalContext() {
    return context;
  }

  @Override
  public Clock clock() {
    return clock;
  }

  @Override
  public Timers timers() {
    return timers;
  }

  @Override
  public long statementTimestamp() {
    return cluster.scheduler().epochMicros();
  }

  @Override
  public void notice(PgException notice) {}

  /// Cancels the statement that runs, as soon as it lets itself be cancelled.
  void cancel() {
    cancelled = true;
    Promise<?> wait = waiting;
    if (wait != null && !wait.future().isComplete()) {
      wait.tryFail(interrupt());
    }
  }

  private PgException interrupt() {
    cancelled = false;
    return PgException.error(SqlState.QUERY_CANCELED, "canceling statement due to user request");
  }

  @Override
  public void checkForInterrupts() {
    if (cancelled) {
      throw interrupt();
    }
  }

  @Override
  public <T extends @Nullable Object> Future<T> interruptible(Future<T> wait) {
    if (wait.isComplete()) {
      return wait;
    }
    Promise<T> promise = Promise.promise();
    waiting = promise;
    wait.onComplete(done -> {
      if (done.succeeded()) {
        promise.tryComplete(done.result());
      } else {
        promise.tryFail(done.cause());
      }
    });
    return promise.future();
  }

  @Override
  public boolean inTransactionBlock() {
    return inBlock;
  }

  @Override
  public Future<Void> restartTransaction() {
    return transaction
        .commit()
        .onSuccess(done -> transaction.begin(IsolationLevel.READ_COMMITTED, false));
  }

  @Override
  public void discardStatements() {}

  @Override
  public CopySource copyIn(int columns, boolean binary) {
    throw PgException.notSupported("COPY without a client");
  }

  @Override
  public CopySink copyOut(int columns, boolean binary) {
    throw PgException.notSupported("COPY without a client");
  }
}
