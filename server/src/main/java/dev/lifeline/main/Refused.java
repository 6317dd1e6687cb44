package dev.lifeline.main;

import dev.lifeline.events.Subject;
import dev.lifeline.executor.Execution;
import dev.lifeline.executor.SessionContext;
import dev.lifeline.executor.Statement;
import dev.lifeline.libpq.AuthCatalog;
import dev.lifeline.parser.tree.Stmt;
import dev.lifeline.tcop.ParsedStatement;
import dev.lifeline.tcop.SessionServices;
import dev.lifeline.tcop.SqlEngine;
import dev.lifeline.utils.batch.Batch;
import io.vertx.core.Future;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/// What a connection finds that came while the server takes none. It is refused when it has said
/// what it wants, so nothing of this is ever asked; if it were, that would be a defect.
final class Refused implements AuthCatalog, SessionServices.Factory, SqlEngine {
  static final Refused INSTANCE = new Refused();

  private Refused() {}

  private static IllegalStateException defect() {
    return new IllegalStateException("a session began while the server takes none");
  }

  @Override
  public Future<@Nullable Role> role(String name) {
    throw defect();
  }

  @Override
  public Future<@Nullable Database> database(String name) {
    throw defect();
  }

  @Override
  public Future<Set<String>> memberships(String role) {
    throw defect();
  }

  @Override
  public Future<List<StoredSetting>> settings(int databaseOid, int roleOid) {
    throw defect();
  }

  @Override
  public SessionServices open(SessionContext session, Subject subject) {
    throw defect();
  }

  @Override
  public List<ParsedStatement> parse(String sql) {
    throw defect();
  }

  @Override
  public ParsedStatement statement(ParsedStatement outer, Stmt tree) {
    throw defect();
  }

  @Override
  public Future<Statement> prepare(
      SessionContext session, ParsedStatement statement, int[] declaredParameterTypes) {
    throw defect();
  }

  @Override
  public Batch bind(
      SessionContext session,
      Statement statement,
      List<byte @Nullable []> values,
      int[] formats,
      IntFunction<String> unreadable) {
    throw defect();
  }

  @Override
  public Execution execute(
      SessionContext session, Statement statement, @Nullable Batch parameters) {
    throw defect();
  }
}
