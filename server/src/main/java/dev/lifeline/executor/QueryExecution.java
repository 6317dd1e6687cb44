package dev.lifeline.executor;

import dev.lifeline.access.transam.Snapshot;
import dev.lifeline.access.transam.Xact;
import dev.lifeline.catalog.Relation;
import dev.lifeline.executor.node.CursorRows;
import dev.lifeline.executor.node.ModifyingOperator;
import dev.lifeline.executor.node.Operator;
import dev.lifeline.parser.analyze.RelationUse;
import dev.lifeline.storage.lmgr.LockMode;
import dev.lifeline.utils.NotYet;
import dev.lifeline.utils.Retry;
import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Drives a plan: pulls its top operator for batches and hands them to the destination, waits where
/// an operator or the destination must, and gives up its turn when its time slice is over.
public final class QueryExecution implements CursorExecution {
  private static final Future<Boolean> FINISHED = Future.succeededFuture(true);
  private static final Future<Boolean> SUSPENDED = Future.succeededFuture(false);
  private static final Batch NO_PARAMETERS = new Batch(new Column[0]);

  private final SessionContext session;
  private final Supplier<QueryPlan> plans;
  private final Batch params;
  private @Nullable QueryPlan plan;
  private @Nullable ExecState state;
  private @Nullable Operator root;
  private @Nullable Instrumentation instrumentation;
  private long startNanos;
  private @Nullable Batch batch;
  private int sent;
  private long rows;
  private boolean closed;
  private boolean finished;

  /// The transaction that it takes its snapshot in, which may be over when it is closed.
  private @Nullable Xact xact;

  /// What a cursor's rows are of, from its opening to its end.
  private @Nullable Snapshot held;

  /// @param plans gives the plan when the execution begins: one that is still good then. It may
  ///   throw [NotYet]
  public QueryExecution(SessionContext session, Supplier<QueryPlan> plans, @Nullable Batch params) {
    this.session = session;
    this.plans = plans;
    this.params = params == null ? NO_PARAMETERS : params;
  }

  @Override
  public Future<Void> begin() {
    return Retry.call(
            () -> {
              if (root == null) {
                start(true);
                held = session.xact().shareSnapshot(Objects.requireNonNull(state).snapshot());
              }
              return Boolean.TRUE;
            },
            session::interruptible)
        .mapEmpty();
  }

  private QueryPlan begunPlan() {
    QueryPlan begun = plan;
    if (begun == null || held == null) {
      throw new IllegalStateException("the cursor has not been opened");
    }
    return begun;
  }

  @Override
  public boolean scansBackward() {
    return !begunPlan().locksRows() && BackwardScan.supports(begunPlan().planned().plan());
  }

  @Override
  public CursorExecution again() {
    QueryPlan same = begunPlan();
    QueryExecution other = new QueryExecution(session, () -> same, params);
    other.xact = xact;
    other.held = session.xact().shareSnapshot(Objects.requireNonNull(held));
    return other;
  }

  @Override
  public CursorRows newRows() {
    return begunPlan().newRows(session);
  }

  /// One call of [#run].
  private static final class Run {
    final DestReceiver destination;
    final boolean piecewise;
    long left;

    /// What the run waits for, when it does.
    Future<?> wait = Future.succeededFuture();

    Run(DestReceiver destination, long maxRows) {
      this.destination = destination;
      this.piecewise = maxRows != 0;
      this.left = maxRows == 0 ? Long.MAX_VALUE : maxRows;
    }
  }

  @Override
  public Future<Boolean> run(DestReceiver destination, long maxRows) {
    Run run = new Run(destination, maxRows);
    Future<Boolean> now = advance(run);
    if (now != null) {
      return now;
    }
    Promise<Boolean> result = Promise.promise();
    goOnAfterWait(run, result);
    return result.future();
  }

  /// One promise for the whole run: a chain of futures would complete by a recursion as deep as the
  /// statement waited often.
  private void goOnAfterWait(Run run, Promise<Boolean> result) {
    run.wait.onComplete(done -> {
      if (done.failed()) {
        result.fail(done.cause());
        return;
      }
      Future<Boolean> now = advance(run);
      if (now == null) {
        goOnAfterWait(run, result);
      } else {
        now.onComplete(result);
      }
    });
  }

  /// Goes on as far as possible.
  ///
  /// @return null where it has to wait for [Run#wait]
  private @Nullable Future<Boolean> advance(Run run) {
    ExecState begun = state;
    if (begun != null) {
      begun.beginTurn();
    }
    while (true) {
      try {
        if (finished) {
          return FINISHED;
        }
        Operator operator = root;
        if (operator == null) {
          operator = start(run.piecewise);
        }
        Batch out = batch;
        if (out == null) {
          out = operator.next();
          if (out == null) {
            finish();
            return FINISHED;
          }
          batch = out;
          sent = 0;
        }
        int count = (int) Math.min(out.size() - sent, run.left);
        Future<Void> wait = run.destination.receive(out, sent, sent + count);
        sent += count;
        rows += count;
        run.left -= count;
        if (sent == out.size()) {
          batch = null;
        }
        if (run.left == 0) {
          return wait == null ? SUSPENDED : wait.map(false);
        }
        if (wait != null && !wait.succeeded()) {
          run.wait = wait;
          return null;
        }
        ExecState current = state;
        if (current != null) {
          current.tick();
        }
      } catch (NotYet notYet) {
        if (!notYet.until().succeeded()) {
          run.wait = session.interruptible(notYet.until().map(true));
          return null;
        }
        ExecState current = state;
        if (current != null) {
          current.beginTurn();
        }
      } catch (RuntimeException | Error e) {
        close();
        return Future.failedFuture(e);
      }
    }
  }

  private Operator start(boolean piecewise) {
    if (closed) {
      throw PgException.error(SqlState.INVALID_CURSOR_STATE, "portal is closed");
    }
    QueryPlan current = plan;
    if (current == null) {
      current = plans.get();
      plan = current;
      refuseInReadOnly(current);
      PgException noParameters = current.planned().noParameters();
      if (noParameters != null && params.width() == 0) {
        throw noParameters;
      }
    }
    if (session.wantsPlanNodes() && instrumentation == null) {
      Instrumentation counters = new Instrumentation();
      current = current.instrumented(session, counters);
      plan = current;
      instrumentation = counters;
      startNanos = session.clock().nanoTime();
    }
    xact = session.xact();
    Snapshot snapshot =
        held == null ? session.xact().snapshot() : session.xact().shareSnapshot(held);
    ExecState newState = current.compiled().newState(session, snapshot, params);
    newState.beginTurn();
    state = newState;
    Operator operator = current.open(newState, piecewise);
    root = operator;
    return operator;
  }

  private void refuseInReadOnly(QueryPlan current) {
    if ((current.modifies() || current.locksRows())
        && session.xact().readOnly()
        && !changesTemporaryOnly(current)) {
      throw PgException.error(
          SqlState.READ_ONLY_SQL_TRANSACTION,
          "cannot execute %s in a read-only transaction",
          current.locksRows() ? "SELECT FOR UPDATE" : current.commandName());
    }
  }

  private static boolean changesTemporaryOnly(QueryPlan plan) {
    return plan.modifies()
        && plan.relations().stream()
            .filter(use -> use.lockMode() == LockMode.ROW_EXCLUSIVE)
            .allMatch(use -> use.relation().persistence() == 't');
  }

  /// Locks the relations of a plan as it needs them, and checks that the role may use them so.
  ///
  /// @return false where one of them is gone
  public static boolean lock(SessionContext session, QueryPlan plan) {
    for (RelationUse use : plan.relations()) {
      Relation relation = session.catalog().reopen(use.relation().oid(), use.lockMode());
      if (relation == null) {
        return false;
      }
      use.privileges()
          .forEach((role, privileges) ->
              privileges.forEach(
                  privilege -> session.catalog().checkAccess(relation, privilege, role)));
    }
    return true;
  }

  private void finish() {
    finished = true;
    QueryPlan current = plan;
    if (root instanceof ModifyingOperator modifying && current != null && current.tellsChanges()) {
      rows = modifying.count();
    }
    Instrumentation counters = instrumentation;
    if (current != null && counters != null) {
      session.planNodes(
          PlanNodes.of(
              new ExplainBuilder(current.planned(), session.evalContext()).build(),
              counters,
              startNanos));
    }
    end();
    if (current != null && (current.modifies() || current.locksRows())) {
      session.xact().nextCommand();
    }
  }

  @Override
  public String completionTag() {
    QueryPlan current = plan;
    if (current == null) {
      return "SELECT 0";
    }
    return current.isInsert() ? "INSERT 0 " + rows : current.commandName() + " " + rows;
  }

  @Override
  public void close() {
    end();
    Xact holder = xact;
    if (held != null && holder != null) {
      held = null;
      holder.releaseSnapshot();
    }
  }

  private void end() {
    if (closed) {
      return;
    }
    closed = true;
    batch = null;
    if (root != null) {
      root.close();
    }
    Xact holder = xact;
    if (state != null && holder != null) {
      holder.releaseSnapshot();
    }
  }
}
