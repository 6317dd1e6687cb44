package dev.lifeline.tcop;

import dev.lifeline.executor.Execution;
import dev.lifeline.executor.SessionContext;
import dev.lifeline.executor.Statement;
import dev.lifeline.parser.tree.Stmt;
import dev.lifeline.utils.batch.Batch;
import io.vertx.core.Future;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/// From the text of a query to its rows, in the steps that both protocols need:
///
/// ```text
/// simple query      parse -> for each: transaction control, or prepare -> execute
/// extended query    Parse: parse, prepare   Bind: bind   Execute: execute (once per portal)
/// ```
///
/// The rules between a session and the engine:
///
/// 1. Transactions are the session's. A statement with a [ParsedStatement#transaction()] is carried
///    out by the session and refused here; before [#prepare] and [#execute] the session has begun a
///    transaction of its own, if only an implicit one, and it ends it afterwards.
/// 2. The engine takes a statement's snapshot and advances the command counter after it.
/// 3. An error is a [dev.lifeline.utils.error.PgException], thrown or as the failure of the future.
///    The session then rolls back. Anything else that is thrown is a defect, and so a crash.
/// 4. A position in an error counts bytes of the text that was given to [#parse].
public interface SqlEngine {
  /// Splits the text of a query into its statements; none for an empty one.
  List<ParsedStatement> parse(String sql);

  /// A statement that is part of another one: the query of a PREPARE or of a cursor.
  ///
  /// @param outer the statement that it is part of
  ParsedStatement statement(ParsedStatement outer, Stmt tree);

  /// Analyzes a statement, or finds it in the plan cache: then the future is complete already.
  ///
  /// @param declaredParameterTypes type oids as the client's Parse message tells them; 0 or missing
  ///   ones are inferred
  Future<Statement> prepare(
      SessionContext session, ParsedStatement statement, int[] declaredParameterTypes);

  /// Reads a Bind message's values: one row with a column for each parameter.
  ///
  /// @param values the bytes of each parameter, null for SQL's null
  /// @param formats 0 text, 1 binary; none: all text; one: for all; else one for each
  /// @param unreadable what goes with the error of a value that cannot be read, by its index
  Batch bind(
      SessionContext session,
      Statement statement,
      List<byte @Nullable []> values,
      int[] formats,
      IntFunction<String> unreadable);

  /// Starts to execute; nothing happens before [Execution#run].
  ///
  /// @param parameters from [#bind], or null for a statement without parameters
  Execution execute(SessionContext session, Statement statement, @Nullable Batch parameters);
}
