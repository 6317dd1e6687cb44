package dev.lifeline.tcop;

import dev.lifeline.executor.DestReceiver;
import dev.lifeline.executor.Execution;
import dev.lifeline.executor.ResultColumn;
import dev.lifeline.executor.Statement;
import dev.lifeline.utils.AsyncLoop;
import dev.lifeline.utils.guc.Gucs;
import io.vertx.core.Future;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The simple query protocol: a text of any number of statements, each carried out and answered in
/// turn. Several of them are one transaction, unless they say otherwise.
final class SimpleQuery {
  private static final int[] NO_TYPES = {};
  private static final Future<Void> DONE = Future.succeededFuture();

  private final Session session;
  private @Nullable Execution running;
  private @Nullable Statement current;

  SimpleQuery(Session session) {
    this.session = session;
  }

  /// The statement that ran last; null where none was understood.
  @Nullable Statement current() {
    return current;
  }

  Future<Void> run(String sql) {
    current = null;
    session.statementArrived(sql);
    List<ParsedStatement> statements = session.engine().parse(sql);
    session.reports().times().parsed();
    if (statements.isEmpty()) {
      session.writer().emptyQueryResponse();
      return session.block().finish();
    }
    if (statements.size() == 1) {
      return one(statements.getFirst(), false, true);
    }
    Iterator<ParsedStatement> rest = statements.iterator();
    return AsyncLoop.whileTrue(
        () -> one(rest.next(), true, !rest.hasNext()).map(done -> rest.hasNext()));
  }

  /// Lets go of what a failed statement holds.
  void fail() {
    Execution execution = running;
    if (execution != null) {
      running = null;
      execution.close();
    }
  }

  private Future<Void> one(ParsedStatement statement, boolean several, boolean last) {
    TransactionBlock block = session.block();
    current = null;
    session.reports().times().next();
    block.checkAllowed(statement);
    session.startStatement();
    if (several) {
      block.startImplicit();
    }
    session.reports().statementBegins(statement, null);
    session.checkForInterrupts();
    TransactionCommand command = statement.transaction();
    if (command != null) {
      return transactionCommand(command, last);
    }
    session.reports().times().planning();
    return session
        .engine()
        .prepare(session, statement, NO_TYPES)
        .compose(prepared -> execute(prepared, last));
  }

  private Future<Void> transactionCommand(TransactionCommand command, boolean last) {
    TransactionBlock block = session.block();
    return block
        .execute(command)
        .compose(tag -> (last ? block.finish() : DONE).map(tag))
        .map(tag -> {
          session.writer().commandComplete(tag);
          completed(last);
          return null;
        });
  }

  private void completed(boolean last) {
    if (last) {
      session.reports().logDuration(StatementLog::queryDone);
    }
  }

  private Future<Void> execute(Statement prepared, boolean last) {
    current = prepared;
    session.reports().times().planned();
    session.block().runs(prepared);
    List<ResultColumn> columns = prepared.resultColumns();
    Execution execution = session.engine().execute(session, prepared, null);
    running = execution;
    RowSender sender = null;
    DestReceiver destination = Destinations.NONE;
    if (columns != null) {
      RowFormats formats =
          prepared instanceof SessionStatement own ? own.formats() : RowFormats.ALL_TEXT;
      sender = session.rowSender(columns, formats);
      sender.describeLate(() -> formats.describe(columns, session.writer()));
      destination = sender;
      if (prepared.commandName().equals("SELECT")
          && !session.gucs().isOn(Gucs.TRANSACTION_READ_ONLY)) {
        // As PostgreSQL: what only reads is described before it runs.
        sender.describe();
      }
    }
    RowSender rows = sender;
    session.reports().times().executing();
    return execution
        .run(destination, 0)
        .compose(finished -> {
          session.reports().times().executed();
          if (rows != null) {
            rows.describe();
          }
          String tag = execution.completionTag();
          running = null;
          execution.close();
          Future<Void> end = last ? session.block().finish() : DONE;
          return end.map(ended -> {
            session.writer().commandComplete(tag);
            completed(last);
            session
                .reports()
                .statementCompleted(prepared, tag, rows == null ? 0 : rows.rows(), null);
            return null;
          });
        });
  }
}
