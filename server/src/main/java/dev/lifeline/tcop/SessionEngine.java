package dev.lifeline.tcop;

import dev.lifeline.executor.Execution;
import dev.lifeline.executor.SessionContext;
import dev.lifeline.executor.Statement;
import dev.lifeline.parser.tree.ClosePortalStmt;
import dev.lifeline.parser.tree.DeallocateStmt;
import dev.lifeline.parser.tree.DeclareCursorStmt;
import dev.lifeline.parser.tree.ExecuteStmt;
import dev.lifeline.parser.tree.FetchStmt;
import dev.lifeline.parser.tree.PrepareStmt;
import dev.lifeline.parser.tree.Stmt;
import dev.lifeline.utils.batch.Batch;
import io.vertx.core.Future;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/// The engine as one session uses it: what is about the session's own prepared statements and
/// cursors is carried out here, everything else by the engine that all sessions share.
final class SessionEngine implements SqlEngine {
  private final SqlEngine shared;
  private final PreparedStatementCommands preparedStatements;
  private final CursorCommands cursors;

  SessionEngine(SqlEngine shared, Session session) {
    this.shared = shared;
    this.preparedStatements = new PreparedStatementCommands(shared, session);
    this.cursors = new CursorCommands(shared, session);
  }

  @Override
  public List<ParsedStatement> parse(String sql) {
    return shared.parse(sql);
  }

  @Override
  public ParsedStatement statement(ParsedStatement outer, Stmt tree) {
    return shared.statement(outer, tree);
  }

  @Override
  public Future<Statement> prepare(
      SessionContext session, ParsedStatement statement, int[] declaredParameterTypes) {
    return switch (statement.tree()) {
      case PrepareStmt prepare -> preparedStatements.prepare(statement, prepare);
      case ExecuteStmt execute -> preparedStatements.execute(statement, execute);
      case DeallocateStmt deallocate ->
          Future.succeededFuture(preparedStatements.deallocate(deallocate));
      case DeclareCursorStmt declare -> cursors.declare(statement, declare, declaredParameterTypes);
      case FetchStmt fetch -> Future.succeededFuture(cursors.fetch(fetch));
      case ClosePortalStmt close -> Future.succeededFuture(cursors.close(close));
      default -> shared.prepare(session, statement, declaredParameterTypes);
    };
  }

  @Override
  public Batch bind(
      SessionContext session,
      Statement statement,
      List<byte @Nullable []> values,
      int[] formats,
      IntFunction<String> unreadable) {
    return shared.bind(session, statement, values, formats, unreadable);
  }

  @Override
  public Execution execute(
      SessionContext session, Statement statement, @Nullable Batch parameters) {
    return statement instanceof SessionStatement own
        ? own.start().apply(parameters)
        : shared.execute(session, statement, parameters);
  }
}
