package dev.lifeline.tcop;

import dev.lifeline.executor.Execution;
import dev.lifeline.executor.ResultColumn;
import dev.lifeline.executor.Statement;
import dev.lifeline.libpq.BackendWriter;
import dev.lifeline.libpq.MessageReader;
import dev.lifeline.utils.Retry;
import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import dev.lifeline.utils.guc.Gucs;
import io.vertx.core.Future;
import java.util.List;
import java.util.Objects;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/// The extended query protocol: Parse makes a [PreparedStatement], Bind a [Portal] of it, Execute
/// takes rows from the portal, Sync ends the implicit transaction. The empty name is the unnamed
/// statement or portal, which the next one replaces.
final class ExtendedQuery {
  private static final Future<Void> DONE = Future.succeededFuture();

  private final Session session;
  private final SessionObjects objects;
  private final StatementTimes times;
  private @Nullable Statement current;
  private @Nullable Portal running;

  ExtendedQuery(Session session) {
    this.session = session;
    this.objects = session.objects();
    this.times = session.reports().times();
  }

  /// The statement that the last message was about; null where none was understood.
  @Nullable Statement current() {
    return current;
  }

  private BackendWriter writer() {
    return session.writer();
  }

  Future<Void> parse(MessageReader message) {
    String name = message.readString();
    String sql = message.readString();
    int[] types = new int[message.readInt16()];
    for (int i = 0; i < types.length; i++) {
      types[i] = message.readInt32();
    }
    message.end();
    current = null;
    session.statementArrived(sql);
    session.reports().doing("PARSE");
    if (name.isEmpty()) {
      objects.removeStatement(name);
    }
    List<ParsedStatement> parsed = session.engine().parse(sql);
    times.parsed();
    if (parsed.size() > 1) {
      throw PgException.error(
          SqlState.SYNTAX_ERROR, "cannot insert multiple commands into a prepared statement");
    }
    objects.checkNewStatement(name);
    if (parsed.isEmpty()) {
      session.startStatement();
      store(prepared(name, sql, null, null));
      return DONE;
    }
    ParsedStatement statement = parsed.getFirst();
    session.block().checkAllowed(statement);
    session.startStatement();
    if (statement.transaction() != null) {
      store(prepared(name, sql, statement, null));
      return DONE;
    }
    times.planning();
    return session
        .engine()
        .prepare(session, statement, types)
        .map(prepared -> {
          times.planned();
          store(prepared(name, sql, statement, prepared));
          return null;
        });
  }

  private PreparedStatement prepared(
      String name, String sql, @Nullable ParsedStatement parsed, @Nullable Statement statement) {
    return new PreparedStatement(name, sql, parsed, statement, session.statementTimestamp(), false);
  }

  private void store(PreparedStatement prepared) {
    objects.store(prepared);
    writer().parseComplete();
    session.reports().logDuration((log, ms) -> log.parsed(prepared.name(), ms));
  }

  private Portal portal(String name) {
    Portal portal = objects.findPortal(name);
    if (portal == null) {
      throw PgException.error(SqlState.INVALID_CURSOR_NAME, "portal \"%s\" does not exist", name);
    }
    return portal;
  }

  Future<Void> bind(MessageReader message) {
    BindMessage bind = BindMessage.read(message);
    PreparedStatement prepared = objects.statement(bind.statement());
    current = prepared.statement();
    session.statementContinues(prepared.sql());
    session.reports().doing("BIND");
    bind.check(prepared);
    ParsedStatement parsed = prepared.parsed();
    if (parsed != null) {
      session.block().checkAllowed(parsed);
    }
    RowFormats formats = RowFormats.of(bind.resultFormats().codes());
    if (bind.portal().isEmpty()) {
      objects.closePortal("");
    }
    objects.checkNewPortal(bind.portal());
    session.startStatement();
    Statement statement = prepared.statement();
    List<ResultColumn> columns = prepared.resultColumns();
    if (columns != null) {
      formats.check(columns.size());
    }
    if (statement == null || bind.values().isEmpty()) {
      open(bind, prepared, null, formats);
      return DONE;
    }
    return Retry.call(() ->
            session
                .engine()
                .bind(
                    session,
                    statement,
                    bind.values(),
                    bind.parameterFormats().codes(),
                    unreadable(bind)))
        .map(parameters -> {
          open(bind, prepared, parameters, formats);
          return null;
        });
  }

  private void open(
      BindMessage bind,
      PreparedStatement prepared,
      @Nullable Batch parameters,
      RowFormats formats) {
    Statement statement = prepared.statement();
    Execution execution =
        statement == null ? null : session.engine().execute(session, statement, parameters);
    BoundParameters bound =
        parameters == null
            ? null
            : new BoundParameters(prepared.parameterTypes(), parameters, bind.valueBytes());
    Portal portal =
        new Portal(
            bind.portal(),
            prepared,
            execution,
            bound,
            formats,
            CursorOptions.plain(session.statementTimestamp()),
            session.block().depth());
    objects.open(portal);
    writer().bindComplete();
    session.reports().logDuration((log, ms) -> log.bound(portal, ms));
  }

  /// What goes with the error of a value that cannot be read.
  private IntFunction<String> unreadable(BindMessage bind) {
    return parameter ->
        BoundParameters.unreadable(
            bind.portal(),
            parameter,
            Objects.requireNonNull(bind.values().get(parameter)),
            bind.parameterFormats().of(parameter) == RowFormats.BINARY,
            session.gucs().get(Gucs.LOG_PARAMETER_MAX_LENGTH_ON_ERROR));
  }

  Future<Void> describe(MessageReader message) {
    byte kind = message.readByte();
    String name = message.readString();
    message.end();
    switch (kind) {
      case 'S' -> {
        PreparedStatement prepared = objects.statement(name);
        session.startStatement();
        checkDescribable(prepared);
        writer().parameterDescription(prepared.parameterTypes());
        describe(prepared.resultColumns(), RowFormats.ALL_TEXT);
      }
      case 'P' -> {
        Portal portal = portal(name);
        session.startStatement();
        checkDescribable(portal.prepared());
        describe(portal.resultColumns(), portal.formats());
      }
      default ->
          throw PgException.error(
              SqlState.PROTOCOL_VIOLATION,
              "invalid DESCRIBE message subtype %d",
              Byte.toUnsignedInt(kind));
    }
    return DONE;
  }

  /// In a failed transaction, what rows look like could not be found out any more.
  private void checkDescribable(PreparedStatement prepared) {
    if (session.block().failed() && prepared.resultColumns() != null) {
      throw TransactionBlock.inFailedTransaction();
    }
  }

  private void describe(@Nullable List<ResultColumn> columns, RowFormats formats) {
    if (columns == null) {
      writer().noData();
    } else {
      formats.describe(columns, writer());
    }
  }

  Future<Void> execute(MessageReader message) {
    String name = message.readString();
    int maxRows = message.readInt32();
    message.end();
    Portal portal = portal(name);
    current = portal.prepared().statement();
    session.statementContinues(portal.prepared().sql());
    ParsedStatement parsed = portal.prepared().parsed();
    if (parsed == null) {
      writer().emptyQueryResponse();
      return DONE;
    }
    session.block().checkAllowed(parsed);
    session.startStatement();
    session.reports().statementBegins(parsed, portal);
    session.checkForInterrupts();
    TransactionCommand command = parsed.transaction();
    if (command != null) {
      return transactionCommand(command, portal);
    }
    return run(portal, Math.max(maxRows, 0));
  }

  private Future<Void> transactionCommand(TransactionCommand command, Portal portal) {
    return session
        .block()
        .execute(command)
        .map(tag -> {
          writer().commandComplete(tag);
          session.pipelined(false);
          logExecuted(portal);
          return null;
        });
  }

  private void logExecuted(Portal portal) {
    session.reports().logDuration((log, ms) -> log.executed(portal, ms));
    portal.fetchedFrom();
  }

  private Future<Void> run(Portal portal, int maxRows) {
    Statement statement = portal.prepared().statement();
    Execution execution = portal.execution();
    if (statement == null || execution == null) {
      throw new IllegalStateException("a portal without an execution is a transaction statement");
    }
    List<ResultColumn> columns = portal.resultColumns();
    if (portal.finished() && columns == null) {
      throw PgException.error(
          SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE, "portal \"%s\" cannot be run", portal.name());
    }
    session.block().runs(statement);
    running = portal;
    times.executing();
    if (columns == null) {
      return execution
          .run(Destinations.NONE, 0)
          .map(done -> finished(portal, statement, execution, 0));
    }
    if (portal.finished()) {
      running = null;
      writer().commandComplete(portal.tagWithoutRows());
      logExecuted(portal);
      return DONE;
    }
    RowSender sender = session.rowSender(columns, portal.formats());
    return execution
        .run(sender, maxRows)
        .map(done -> {
          if (done) {
            return finished(portal, statement, execution, sender.rows());
          }
          running = null;
          writer().portalSuspended();
          logExecuted(portal);
          session.pipelined(true);
          return null;
        });
  }

  private @Nullable Void finished(
      Portal portal, Statement statement, Execution execution, long rows) {
    running = null;
    times.executed();
    String tag = execution.completionTag();
    // A query that is fetched in parts tells the rows of its last part, as PostgreSQL does.
    portal.finish(tag.startsWith("SELECT ") ? "SELECT " + rows : tag);
    writer().commandComplete(portal.tag());
    session.pipelined(true);
    session.reports().statementCompleted(statement, tag, rows, portal);
    return null;
  }

  Future<Void> close(MessageReader message) {
    byte kind = message.readByte();
    String name = message.readString();
    message.end();
    switch (kind) {
      case 'S' -> objects.removeStatement(name);
      case 'P' -> objects.closePortal(name);
      default ->
          throw PgException.error(
              SqlState.PROTOCOL_VIOLATION,
              "invalid CLOSE message subtype %d",
              Byte.toUnsignedInt(kind));
    }
    writer().closeComplete();
    return DONE;
  }

  /// Sync: commits what is implicit.
  Future<Void> sync() {
    session.pipelined(false);
    return session
        .block()
        .finish()
        .map(ended -> {
          session.reports().tellCompleted();
          return null;
        });
  }

  /// Tells the parameters of the portal that was running when a message failed.
  void describe(PgException error) {
    Portal failed = running;
    if (failed != null) {
      long bytesMax = session.gucs().get(Gucs.LOG_PARAMETER_MAX_LENGTH_ON_ERROR);
      BoundParameters.addTo(
          error, failed.name(), failed.parameters(), session.evalContext(), bytesMax);
    }
  }

  /// The portal that was running when a message failed cannot be run any more.
  void fail() {
    Portal failed = running;
    if (failed != null) {
      running = null;
      objects.closePortal(failed.name());
    }
  }

  /// A simple query drops the unnamed statement and portal.
  void simpleQueryArrived() {
    objects.removeStatement("");
    objects.closePortal("");
  }
}
