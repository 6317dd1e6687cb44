package dev.lifeline.tcop;

import dev.lifeline.commands.Utility;
import dev.lifeline.executor.DestReceiver;
import dev.lifeline.executor.Execution;
import dev.lifeline.executor.SessionContext;
import dev.lifeline.parser.tree.RawStmt;
import io.vertx.core.Future;

/// A utility statement: it runs in one go.
final class UtilityExecution implements Execution {
  private final Utility utility;
  private final SessionContext session;
  private final RawStmt statement;
  private final String queryText;
  private String tag;
  private boolean started;

  UtilityExecution(Utility utility, SessionContext session, RawStmt statement, String queryText) {
    this.utility = utility;
    this.session = session;
    this.statement = statement;
    this.queryText = queryText;
    this.tag = utility.commandName(statement.stmt());
  }

  @Override
  public Future<Boolean> run(DestReceiver destination, long maxRows) {
    if (started) {
      return Future.succeededFuture(true);
    }
    started = true;
    return utility
        .execute(statement, queryText, session, destination)
        .map(completed -> {
          tag = completed;
          return true;
        });
  }

  @Override
  public String completionTag() {
    return tag;
  }

  @Override
  public void close() {
    started = true;
  }
}
