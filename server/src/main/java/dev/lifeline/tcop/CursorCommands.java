package dev.lifeline.tcop;

import dev.lifeline.executor.DestReceiver;
import dev.lifeline.executor.Execution;
import dev.lifeline.executor.Statement;
import dev.lifeline.parser.tree.ClosePortalStmt;
import dev.lifeline.parser.tree.DeclareCursorStmt;
import dev.lifeline.parser.tree.FetchStmt;
import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/// DECLARE, FETCH, MOVE and CLOSE. Cursors run forward only, and live as long as their transaction.
final class CursorCommands {
  private static final int[] NO_TYPES = {};

  private final SqlEngine engine;
  private final Session session;

  CursorCommands(SqlEngine engine, Session session) {
    this.engine = engine;
    this.session = session;
  }

  Future<Statement> declare(ParsedStatement parsed, DeclareCursorStmt declare) {
    for (DeclareCursorStmt.Option option : declare.options()) {
      switch (option) {
        case HOLD -> throw PgException.notSupported("DECLARE CURSOR WITH HOLD");
        case BINARY -> throw PgException.notSupported("DECLARE BINARY CURSOR");
        case SCROLL -> throw PgException.notSupported("DECLARE SCROLL CURSOR");
        case NO_SCROLL, INSENSITIVE, ASENSITIVE -> {
          // What every cursor here is.
        }
      }
    }
    if (!session.inTransactionBlock()) {
      throw PgException.error(
          SqlState.NO_ACTIVE_SQL_TRANSACTION,
          "DECLARE CURSOR can only be used in transaction blocks");
    }
    ParsedStatement query = engine.statement(parsed.queryText(), declare.query());
    return engine
        .prepare(session, query, NO_TYPES)
        .map(prepared ->
            new SessionStatement(
                "DECLARE CURSOR",
                null,
                () ->
                    new OneStep(
                        () -> open(declare.portalname(), query, prepared), "DECLARE CURSOR")));
  }

  private void open(String name, ParsedStatement query, Statement prepared) {
    session.objects().checkNewPortal(name);
    session
        .objects()
        .open(
            new Portal(
                name,
                new PreparedStatement(name, query.text(), query, prepared),
                engine.execute(session, prepared, null),
                null,
                RowFormats.ALL_TEXT,
                session.block().depth()));
  }

  Statement fetch(FetchStmt fetch) {
    Portal portal = portal(fetch.portalname());
    String command = fetch.ismove() ? "MOVE" : "FETCH";
    return new SessionStatement(
        command,
        fetch.ismove() ? null : portal.resultColumns(),
        () -> new Fetch(portal(fetch.portalname()), fetch, command));
  }

  private Portal portal(String name) {
    Portal portal = session.objects().findPortal(name);
    if (portal == null) {
      throw noCursor(name);
    }
    return portal;
  }

  private static PgException noCursor(String name) {
    return PgException.error(SqlState.INVALID_CURSOR_NAME, "cursor \"%s\" does not exist", name);
  }

  Statement close(ClosePortalStmt close) {
    String name = close.portalname();
    return new SessionStatement(
        "CLOSE CURSOR",
        null,
        () ->
            name == null
                ? new OneStep(session.objects()::closeAllPortals, "CLOSE CURSOR ALL")
                : new OneStep(() -> close(name), "CLOSE CURSOR"));
  }

  private void close(String name) {
    if (!session.objects().closePortal(name)) {
      throw noCursor(name);
    }
  }

  /// Moves a cursor forward, over rows that are skipped and rows that are sent.
  private static final class Fetch implements Execution {
    private static final Future<Long> NONE = Future.succeededFuture(0L);

    private final Portal portal;
    private final String command;
    private final boolean move;
    private final long skip;
    private final long count;
    private long fetched;

    Fetch(Portal portal, FetchStmt fetch, String command) {
      this.portal = portal;
      this.command = command;
      this.move = fetch.ismove();
      long many = fetch.howMany();
      switch (fetch.direction()) {
        case FORWARD -> {
          skip = 0;
          count = many;
        }
        case RELATIVE -> {
          skip = many - 1;
          count = 1;
        }
        case ABSOLUTE -> {
          skip = many - 1 - portal.position();
          count = 1;
        }
        case BACKWARD -> {
          skip = -1;
          count = 0;
        }
        default -> throw new IllegalStateException("direction " + fetch.direction());
      }
      if (skip < 0 || count <= 0) {
        throw PgException.error(
                SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE, "cursor can only scan forward")
            .hint("Declare it with SCROLL option to enable backward scan.");
      }
    }

    @Override
    public Future<Boolean> run(DestReceiver destination, long maxRows) {
      Future<Long> skipped = skip == 0 ? NONE : forward(null, skip);
      return skipped
          .compose(rows -> rows < skip ? NONE : forward(move ? null : destination, count))
          .map(rows -> {
            fetched = rows;
            return true;
          });
    }

    /// Completes with the number of rows that it passed.
    private Future<Long> forward(@Nullable DestReceiver destination, long rows) {
      Execution execution = portal.execution();
      if (portal.finished() || execution == null) {
        return NONE;
      }
      Counter counter = new Counter(destination);
      return execution
          .run(counter, rows == Long.MAX_VALUE ? 0 : rows)
          .map(end -> {
            portal.advance(counter.rows);
            if (end) {
              portal.finish(execution.completionTag());
            }
            return counter.rows;
          });
    }

    @Override
    public String completionTag() {
      return command + " " + fetched;
    }

    @Override
    public void close() {}
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
