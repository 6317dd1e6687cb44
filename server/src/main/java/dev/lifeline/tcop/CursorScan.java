package dev.lifeline.tcop;

import dev.lifeline.executor.CursorExecution;
import dev.lifeline.executor.DestReceiver;
import dev.lifeline.executor.Execution;
import dev.lifeline.executor.SessionContext;
import dev.lifeline.executor.node.CursorRows;
import dev.lifeline.parser.tree.FetchStmt;
import dev.lifeline.utils.AsyncLoop;
import dev.lifeline.utils.Retry;
import dev.lifeline.utils.Timers;
import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.Future;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Where a cursor is among the rows of its query, and its moves.
///
/// As long as it only goes forward its rows pass through; the first time that it goes back, its
/// query runs again under the same snapshot and its rows are kept from then on. A cursor WITH HOLD
/// has all of its rows kept when its transaction commits.
///
/// It stands before the first row, on a row, or behind the last one. On a row, [#position] is the
/// number of the row, from 1; behind the last one, it is how many there are.
final class CursorScan implements Execution {
  private static final long ALL = Long.MAX_VALUE;
  private static final Future<Long> NONE = Future.succeededFuture(0L);

  private final String name;
  private final SessionContext session;
  private final CursorOptions options;

  /// What makes the rows; null once all are kept.
  private @Nullable Execution source;

  private @Nullable CursorRows kept;

  /// How many rows are not among those that are kept, because the cursor was past them.
  private long keptFrom;

  private long position;
  private boolean atStart = true;
  private boolean atEnd;
  private boolean held;
  private boolean failed;

  /// @param source of a cursor that may go back, a [CursorExecution] that was begun
  CursorScan(String name, SessionContext session, CursorOptions options, Execution source) {
    this.name = name;
    this.session = session;
    this.options = options;
    this.source = source;
  }

  boolean isHoldable() {
    return options.hold();
  }

  boolean isHeld() {
    return held;
  }

  /// FETCH and MOVE.
  ///
  /// @param destination null for MOVE
  /// @return how many rows were passed
  Future<Long> fetch(
      FetchStmt.Direction direction, long count, @Nullable DestReceiver destination) {
    if (failed) {
      throw PgException.error(
          SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE, "portal \"%s\" cannot be run", name);
    }
    Future<Long> moved;
    try {
      moved =
          switch (direction) {
            case FORWARD -> step(count >= 0, magnitude(count), destination);
            case BACKWARD -> step(count < 0, magnitude(count), destination);
            case ABSOLUTE -> absolute(count, destination);
            case RELATIVE -> relative(count, destination);
          };
    } catch (PgException e) {
      moved = Future.failedFuture(e);
    }
    return moved.onFailure(error -> failed = true);
  }

  private static long magnitude(long count) {
    return count == Long.MIN_VALUE ? ALL : Math.abs(count);
  }

  private Future<Long> absolute(long count, @Nullable DestReceiver destination) {
    if (count > 0) {
      Future<Long> before;
      if (count - 1 <= position / 2) {
        rewind();
        before = forward(null, count - 1);
      } else {
        long current = atEnd ? position + 1 : position;
        before =
            count <= current
                ? backward(null, current - count + 1)
                : forward(null, count - current - 1);
      }
      return before.compose(moved -> step(true, 1, destination));
    }
    if (count < 0) {
      return forward(null, ALL)
          .compose(moved -> count < -1 ? backward(null, magnitude(count) - 1) : NONE)
          .compose(moved -> step(false, 1, destination));
    }
    rewind();
    return step(true, 0, destination);
  }

  private Future<Long> relative(long count, @Nullable DestReceiver destination) {
    if (count > 0) {
      return forward(null, count - 1).compose(moved -> step(true, 1, destination));
    }
    if (count < 0) {
      return backward(null, magnitude(count) - 1).compose(moved -> step(false, 1, destination));
    }
    return step(true, 0, destination);
  }

  /// A move by a number of rows; 0 is the current row once more.
  private Future<Long> step(boolean forward, long count, @Nullable DestReceiver destination) {
    if (count == 0) {
      boolean onRow = !atStart && !atEnd;
      if (destination == null || !onRow) {
        return onRow ? Future.succeededFuture(1L) : NONE;
      }
      return backward(null, 1).compose(back -> forward(destination, 1));
    }
    if (!forward && count == ALL && destination == null) {
      long passed = position > 0 && !atEnd ? position - 1 : position;
      rewind();
      return Future.succeededFuture(passed);
    }
    return forward ? forward(destination, count) : backward(destination, count);
  }

  private void rewind() {
    if (atStart && !atEnd) {
      return;
    }
    checkGoesBack();
    keepRows();
    atStart = true;
    atEnd = false;
    position = 0;
  }

  private void checkGoesBack() {
    if (!options.scroll()) {
      throw PgException.error(
              SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE, "cursor can only scan forward")
          .hint("Declare it with SCROLL option to enable backward scan.");
    }
  }

  /// From now on rows are kept, from the first one on.
  private CursorRows keepRows() {
    CursorRows rows = kept;
    if (rows == null) {
      CursorExecution passed = (CursorExecution) Objects.requireNonNull(source);
      CursorExecution again = passed.again();
      rows = passed.newRows();
      passed.close();
      source = again;
      kept = rows;
    }
    return rows;
  }

  private Future<Long> forward(@Nullable DestReceiver destination, long count) {
    if (atEnd || count <= 0) {
      return NONE;
    }
    if (options.keepsRows()) {
      keepRows();
    }
    CursorRows rows = kept;
    Future<Long> passed =
        rows == null ? pass(destination, count) : sendForward(rows, destination, count);
    return passed.map(moved -> {
      position += moved;
      atStart = atStart && moved == 0;
      atEnd = moved < count;
      return moved;
    });
  }

  /// Lets rows through that are not kept.
  private Future<Long> pass(@Nullable DestReceiver destination, long count) {
    Counter counter = new Counter(destination);
    return Objects.requireNonNull(source)
        .run(counter, count == ALL ? 0 : count)
        .map(finished -> counter.rows);
  }

  private Future<Long> sendForward(
      CursorRows rows, @Nullable DestReceiver destination, long count) {
    long first = position - keptFrom;
    long last = count > ALL - first ? ALL : first + count;
    return make(rows, last)
        .compose(made -> {
          long moved = Math.min(rows.size(), last) - first;
          return destination == null
              ? Future.succeededFuture(moved)
              : send(rows, first, moved, false, destination);
        });
  }

  /// Sees to it that so many rows are kept, if there are so many.
  private Future<Void> make(CursorRows rows, long wanted) {
    Execution from = source;
    if (from == null || rows.size() >= wanted) {
      return Future.succeededFuture();
    }
    DestReceiver keeper = (batch, start, end) -> rows.add(batch, start, end) ? spill(rows) : null;
    return from.run(keeper, wanted == ALL ? 0 : wanted - rows.size())
        .map(finished -> {
          if (finished) {
            from.close();
            source = null;
          }
          return null;
        });
  }

  private Future<Void> spill(CursorRows rows) {
    return Retry.call(
            () -> {
              rows.spill();
              return Boolean.TRUE;
            },
            session::interruptible)
        .mapEmpty();
  }

  private Future<Long> backward(@Nullable DestReceiver destination, long count) {
    if (count <= 0) {
      return NONE;
    }
    checkGoesBack();
    if (atStart) {
      return NONE;
    }
    CursorRows rows = keepRows();
    long before = atEnd ? position : position - 1;
    long moved = Math.min(count, before);
    return make(rows, before)
        .compose(
            made -> destination == null ? NONE : send(rows, before - 1, moved, true, destination))
        .map(sent -> {
          if (moved > 0 && atEnd) {
            atEnd = false;
            position++;
          }
          atStart = moved < count;
          position = atStart ? 0 : position - moved;
          atEnd = atEnd && !atStart;
          return moved;
        });
  }

  private Future<Long> send(
      CursorRows rows, long first, long count, boolean backward, DestReceiver destination) {
    Batch batch = rows.newBatch();
    long[] sent = {0};
    long[] turn = {session.clock().nanoTime()};
    return AsyncLoop.whileTrue(
            () -> {
              if (sent[0] == count) {
                return Future.succeededFuture(false);
              }
              long next = backward ? first - sent[0] : first + sent[0];
              return Retry.call(
                      () -> rows.read(next, count - sent[0], backward, batch),
                      session::interruptible)
                  .compose(filled -> {
                    sent[0] += filled;
                    Future<Void> full = destination.receive(batch, 0, filled);
                    return (full == null ? breathe(turn) : full).map(true);
                  });
            })
        .map(done -> count);
  }

  /// Others have their turn when this one is over.
  private Future<Void> breathe(long[] turn) {
    if (session.clock().nanoTime() - turn[0] < Timers.TURN_NANOS) {
      return Future.succeededFuture();
    }
    session.checkForInterrupts();
    return session.timers().yieldTurn().onSuccess(mine -> turn[0] = session.clock().nanoTime());
  }

  /// Its transaction is about to commit: what the cursor still has to give is kept.
  Future<Void> hold() {
    CursorRows rows = kept;
    if (rows == null && !options.scroll() && !atStart) {
      rows = ((CursorExecution) Objects.requireNonNull(source)).newRows();
      keptFrom = position;
      kept = rows;
    } else if (rows == null) {
      rows = keepRows();
    }
    CursorRows all = rows;
    return make(all, ALL)
        .map(made -> {
          all.keep();
          held = true;
          return null;
        });
  }

  /// What the protocol's Execute does with a cursor: moves it forward.
  @Override
  public Future<Boolean> run(DestReceiver destination, long maxRows) {
    return fetch(FetchStmt.Direction.FORWARD, maxRows == 0 ? ALL : maxRows, destination)
        .map(moved -> atEnd);
  }

  @Override
  public String completionTag() {
    return "SELECT " + position;
  }

  @Override
  public void close() {
    Execution from = source;
    if (from != null) {
      source = null;
      from.close();
    }
    CursorRows rows = kept;
    if (rows != null) {
      rows.close();
    }
  }

  /// Counts the rows on their way.
  private static final class Counter implements DestReceiver {
    private final @Nullable DestReceiver destination;
    private long rows;

    Counter(@Nullable DestReceiver destination) {
      this.destination = destination;
    }

    @Override
    public @Nullable Future<Void> receive(Batch batch, int from, int to) {
      rows += to - from;
      return destination == null ? null : destination.receive(batch, from, to);
    }
  }
}
