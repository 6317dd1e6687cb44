package dev.lifeline.commands;

import dev.lifeline.executor.DestReceiver;
import dev.lifeline.executor.ResultColumn;
import dev.lifeline.executor.SessionContext;
import dev.lifeline.parser.tree.RawStmt;
import dev.lifeline.parser.tree.Stmt;
import io.vertx.core.Future;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Carries out the statements that are not planned.
public interface Utility {
  /// Whether this is such a statement: everything but SELECT, INSERT, UPDATE, DELETE, MERGE, what
  /// explains, prepares or executes them, and the transaction's own statements.
  boolean handles(Stmt statement);

  /// The first words of its command tag, e.g. `CREATE TABLE`.
  String commandName(Stmt statement);

  /// The shape of the rows that it returns (SHOW does), or null where there are none.
  @Nullable List<ResultColumn> resultColumns(Stmt statement, SessionContext session);

  /// Carries it out in the session's transaction.
  ///
  /// @param queryText the text that the statement's locations count in
  /// @return the command tag; fails with a [dev.lifeline.utils.error.PgException], after which the
  ///   transaction must be rolled back
  Future<String> execute(
      RawStmt statement, String queryText, SessionContext session, DestReceiver destination);
}
