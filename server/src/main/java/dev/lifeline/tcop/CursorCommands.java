package dev.lifeline.tcop;

import dev.lifeline.executor.CursorExecution;
import dev.lifeline.executor.DestReceiver;
import dev.lifeline.executor.Execution;
import dev.lifeline.executor.Statement;
import dev.lifeline.parser.tree.ClosePortalStmt;
import dev.lifeline.parser.tree.DeclareCursorStmt;
import dev.lifeline.parser.tree.DeclareCursorStmt.Option;
import dev.lifeline.parser.tree.FetchStmt;
import dev.lifeline.parser.tree.SelectStmt;
import dev.lifeline.parser.tree.Stmt;
import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.Future;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// DECLARE, FETCH, MOVE and CLOSE.
final class CursorCommands {
  private final SqlEngine engine;
  private final Session session;

  CursorCommands(SqlEngine engine, Session session) {
    this.engine = engine;
    this.session = session;
  }

  Future<Statement> declare(
      ParsedStatement parsed, DeclareCursorStmt declare, int[] declaredTypes) {
    checkOptions(declare);
    ParsedStatement query = engine.statement(parsed, declare.query());
    return engine
        .prepare(session, query, declaredTypes)
        .map(prepared -> {
          refuseChanges(declare.query());
          return new SessionStatement(
              "DECLARE CURSOR",
              null,
              prepared.parameterTypes(),
              RowFormats.ALL_TEXT,
              parameters -> new Declare(parsed, declare, prepared, parameters));
        });
  }

  private static void refuseChanges(Stmt query) {
    if (query instanceof SelectStmt select
        && select.withClause() != null
        && select.withClause().ctes().stream()
            .anyMatch(cte -> !(cte.ctequery() instanceof SelectStmt))) {
      throw PgException.error(
          SqlState.FEATURE_NOT_SUPPORTED,
          "DECLARE CURSOR must not contain data-modifying statements in WITH");
    }
  }

  private static void checkOptions(DeclareCursorStmt declare) {
    Set<Option> options = declare.options();
    if (options.contains(Option.SCROLL) && options.contains(Option.NO_SCROLL)) {
      throw invalid("cannot specify both %s and %s", "SCROLL", "NO SCROLL");
    }
    if (options.contains(Option.INSENSITIVE) && options.contains(Option.ASENSITIVE)) {
      throw invalid("cannot specify both %s and %s", "INSENSITIVE", "ASENSITIVE");
    }
    if (!(declare.query() instanceof SelectStmt select) || select.lockingClause().isEmpty()) {
      return;
    }
    String strength =
        switch (select.lockingClause().getFirst().strength()) {
          case FOR_UPDATE -> "FOR UPDATE";
          case FOR_NO_KEY_UPDATE -> "FOR NO KEY UPDATE";
          case FOR_SHARE -> "FOR SHARE";
          case FOR_KEY_SHARE -> "FOR KEY SHARE";
        };
    if (options.contains(Option.HOLD)) {
      throw PgException.error(
              SqlState.FEATURE_NOT_SUPPORTED,
              "DECLARE CURSOR WITH HOLD ... %s is not supported",
              strength)
          .detail("Holdable cursors must be READ ONLY.");
    }
    if (options.contains(Option.SCROLL)) {
      throw PgException.error(
              SqlState.FEATURE_NOT_SUPPORTED,
              "DECLARE SCROLL CURSOR ... %s is not supported",
              strength)
          .detail("Scrollable cursors must be READ ONLY.");
    }
    if (options.contains(Option.INSENSITIVE)) {
      throw invalid("DECLARE INSENSITIVE CURSOR ... %s is not valid", strength)
          .detail("Insensitive cursors must be READ ONLY.");
    }
  }

  private static PgException invalid(String message, Object... arguments) {
    return PgException.error(SqlState.INVALID_CURSOR_DEFINITION, message, arguments);
  }

  Statement fetch(FetchStmt fetch) {
    Portal portal = portal(fetch.portalname());
    boolean binary = portal.options().binary();
    return new SessionStatement(
        fetch.ismove() ? "MOVE" : "FETCH",
        fetch.ismove() ? null : portal.resultColumns(),
        List.of(),
        binary ? RowFormats.ALL_BINARY : RowFormats.ALL_TEXT,
        parameters -> new Fetch(fetch));
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
    return SessionStatement.of(
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

  /// DECLARE: opens the query and makes a portal of it.
  private final class Declare implements Execution {
    private final ParsedStatement parsed;
    private final DeclareCursorStmt declare;
    private final Statement query;
    private final @Nullable Batch parameters;

    Declare(
        ParsedStatement parsed,
        DeclareCursorStmt declare,
        Statement query,
        @Nullable Batch parameters) {
      this.parsed = parsed;
      this.declare = declare;
      this.query = query;
      this.parameters = parameters;
    }

    @Override
    public Future<Boolean> run(DestReceiver destination, long maxRows) {
      String name = declare.portalname();
      if (name.isEmpty()) {
        throw PgException.error(
            SqlState.INVALID_CURSOR_NAME, "invalid cursor name: must not be empty");
      }
      if (!declare.options().contains(Option.HOLD) && !session.inTransactionBlock()) {
        throw PgException.error(
            SqlState.NO_ACTIVE_SQL_TRANSACTION,
            "DECLARE CURSOR can only be used in transaction blocks");
      }
      session.objects().checkNewPortal(name);
      Execution execution = engine.execute(session, query, parameters);
      if (!(execution instanceof CursorExecution rows)) {
        throw PgException.notSupported("a cursor for " + query.commandName());
      }
      return rows.begin()
          .onFailure(error -> rows.close())
          .map(begun -> {
            open(name, rows);
            return true;
          });
    }

    private void open(String name, CursorExecution rows) {
      Set<Option> options = declare.options();
      boolean backward =
          !options.contains(Option.NO_SCROLL)
              && (options.contains(Option.SCROLL) || rows.scansBackward());
      CursorOptions kind =
          new CursorOptions(
              backward,
              backward && !rows.scansBackward(),
              options.contains(Option.HOLD),
              options.contains(Option.BINARY),
              session.statementTimestamp());
      CursorScan cursor = new CursorScan(name, session, kind, rows);
      Portal portal =
          new Portal(
              name,
              new PreparedStatement(
                  name, parsed.text(), parsed, query, kind.creationMicros(), true),
              cursor,
              null,
              kind.binary() ? RowFormats.ALL_BINARY : RowFormats.ALL_TEXT,
              kind,
              session.block().depth());
      portal.cursor(cursor);
      session.objects().open(portal);
    }

    @Override
    public String completionTag() {
      return "DECLARE CURSOR";
    }

    @Override
    public void close() {}
  }

  /// FETCH and MOVE.
  private final class Fetch implements Execution {
    private final FetchStmt fetch;
    private long moved;

    Fetch(FetchStmt fetch) {
      this.fetch = fetch;
    }

    @Override
    public Future<Boolean> run(DestReceiver destination, long maxRows) {
      return cursor(portal(fetch.portalname()))
          .fetch(fetch.direction(), fetch.howMany(), fetch.ismove() ? null : destination)
          .map(rows -> {
            moved = rows;
            return true;
          });
    }

    @Override
    public String completionTag() {
      return (fetch.ismove() ? "MOVE " : "FETCH ") + moved;
    }

    @Override
    public void close() {}
  }

  /// A portal that was not declared but bound can be fetched from, too, forward.
  private CursorScan cursor(Portal portal) {
    CursorScan cursor = portal.cursor();
    Execution execution = portal.execution();
    if (cursor == null) {
      if (execution == null || portal.resultColumns() == null || portal.finished()) {
        throw PgException.error(
            SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
            "portal \"%s\" cannot be run",
            portal.name());
      }
      cursor = new CursorScan(portal.name(), session, portal.options(), execution);
      portal.cursor(cursor);
    }
    return cursor;
  }
}
