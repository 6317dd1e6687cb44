package dev.lifeline.tcop;

import dev.lifeline.events.ConnectionEvent;
import dev.lifeline.events.LifecycleEvent;
import dev.lifeline.events.ProcessEvent;
import dev.lifeline.events.StatementEvent;
import dev.lifeline.events.Subject;
import dev.lifeline.events.TraceContext;
import dev.lifeline.executor.Statement;
import dev.lifeline.libpq.ClientAddress;
import dev.lifeline.libpq.HbaLine;
import dev.lifeline.libpq.tls.TlsSession;
import dev.lifeline.utils.activity.StatementStatistics;
import dev.lifeline.utils.adt.EvalContext;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import dev.lifeline.utils.guc.Guc;
import dev.lifeline.utils.guc.Gucs;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ObjDoubleConsumer;
import org.jspecify.annotations.Nullable;

/// What a backend tells the server log and the event log, in PostgreSQL's words.
final class SessionReports {
  private final BackendEnvironment environment;
  private final ClientAddress address;
  private @Nullable String hostName;
  private final Subject subject;
  private final long startNanos;
  private final SessionLog log;
  private @Nullable SessionSettings settings;
  private @Nullable StatementLog statementLog;
  private @Nullable TraceContext sessionTrace;
  private @Nullable LongAdder malformedTraces;
  private int malformedAtStart;
  private @Nullable String statement;

  /// Whether it is the server that thinks up the statements: the log does not show them.
  private boolean ofServer;

  private final StatementTimes times;
  private long cause;

  /// The last event of the connection.
  private long connection;

  /// Whether the log is told of the session's end, which is settled when it begins.
  private boolean logsEnd;

  private @Nullable StatementStatistics statements;
  private String logDetail = "";
  private @Nullable CompletedStatement completed;
  private List<StatementEvent.PlanNode> planNodes = List.of();

  SessionReports(BackendEnvironment environment, Subject subject, ClientAddress address) {
    this.environment = environment;
    this.address = address;
    this.subject = subject;
    this.startNanos = environment.clock().nanoTime();
    this.times = new StatementTimes(environment.clock());
    this.log = new SessionLog(environment, subject.pid(), address);
  }

  /// Who it is, on the event log.
  Subject subject() {
    return subject;
  }

  /// The sequence of the event that made the session end, for what is told of its end.
  void cause(long sequence) {
    cause = sequence;
  }

  void ofServer() {
    ofServer = true;
  }

  /// From now on the log names the client's host.
  ///
  /// @param name null where it has none
  void hostName(@Nullable String name) {
    hostName = name;
    if (name != null) {
      log.hostName(name);
    }
  }

  private String host() {
    return hostName == null ? address.forLog() : "host=" + hostName + " port=" + address.port();
  }

  void received() {
    if (on(Gucs.LOG_CONNECTIONS)) {
      log("connection received: " + host());
    }
    Integer port = address.local() ? null : Integer.valueOf(address.port());
    tell(new ConnectionEvent.Received(address.host(), port));
  }

  /// The TLS handshake is over.
  void secured(TlsSession tls, long handshakeNanos) {
    tell(
        new ConnectionEvent.Secured(
            tls.protocol(), tls.cipher(), tls.client() != null, handshakeNanos / 1e6));
  }

  void connecting(String user, String database) {
    log.connecting(subject.processType(), user, database);
  }

  /// It serves a replication connection.
  void becomesWalSender() {
    log.becomes("walsender");
  }

  /// The trace that the client's startup packet names.
  void trace(@Nullable TraceContext trace) {
    sessionTrace = trace;
  }

  /// The client's name for itself, which may be the trace that it begins.
  void traceOfApplicationName(String name) {
    sessionTrace = TraceContext.parse(name);
    if (sessionTrace == null && TraceContext.isMeantAsOne(name)) {
      malformedAtStart++;
    }
  }

  void applicationName(String name) {
    log.applicationName(name);
  }

  void authenticated(String identity, HbaLine rule, String hbaFile) {
    if (on(Gucs.LOG_CONNECTIONS)) {
      log(
          "connection authenticated: identity=\"%s\" method=%s (%s:%d)"
              .formatted(identity, rule.method().hbaName(), hbaFile, rule.number()));
    }
    tell(new ConnectionEvent.Authenticated(identity, rule.method().hbaName(), rule.number()));
  }

  /// What only the log may know of a failed authentication; goes with the error that follows.
  void authenticationFailed(String detail) {
    logDetail = detail;
  }

  void authorized(
      String user,
      String database,
      boolean replicates,
      String applicationName,
      @Nullable TlsSession tls) {
    if (on(Gucs.LOG_CONNECTIONS)) {
      String application = applicationName.isEmpty() ? "" : " application_name=" + applicationName;
      String encryption =
          tls == null
              ? ""
              : " SSL enabled (protocol=%s, cipher=%s, bits=%d)"
                  .formatted(tls.protocol(), tls.cipher(), tls.bits());
      log(
          (replicates ? "replication connection" : "connection")
              + " authorized: user="
              + user
              + (replicates ? "" : " database=" + database)
              + application
              + encryption);
    }
    tell(
        new ConnectionEvent.Authorized(
            user,
            database,
            applicationName,
            tls == null ? null : tls.protocol(),
            tls == null ? null : tls.cipher()));
  }

  /// The connection never became a session.
  void rejected(PgException error) {
    log.log(forLog(error), null);
    tell(
        new ConnectionEvent.Rejected(
            address.host(), log.user(), log.database(), error.sqlState().code(), error.message()));
  }

  /// The client is told less.
  private PgException forLog(PgException error) {
    return logDetail.isEmpty()
        ? error
        : PgException.fatal(error.sqlState(), "%s", error.message()).detail("%s", logDetail);
  }

  /// The session has ended.
  ///
  /// @param error why the server ended it; null when the client left
  void closed(@Nullable PgException error) {
    long micros = (environment.clock().nanoTime() - startNanos) / 1000;
    log.sessionEnded();
    if (logsEnd) {
      log(
          "disconnection: session time: %s user=%s database=%s %s"
              .formatted(sessionTime(micros), log.user(), log.database(), host()));
    }
    emitClosed(micros, error);
  }

  /// The client has left before it had a session: a CancelRequest, a probe.
  void left() {
    emitClosed((environment.clock().nanoTime() - startNanos) / 1000, null);
  }

  private void emitClosed(long micros, @Nullable PgException error) {
    tellCompleted();
    tell(
        new ConnectionEvent.Closed(
            log.user(),
            log.database(),
            micros / 1000.0,
            error == null ? null : error.sqlState().code(),
            error == null ? null : error.message()));
  }

  private static String sessionTime(long micros) {
    long millis = micros / 1000;
    return "%d:%02d:%02d.%03d"
        .formatted(millis / 3_600_000, millis / 60_000 % 60, millis / 1000 % 60, millis % 1000);
  }

  /// There is a session, with parameters of its own: the backend serves its client from here on.
  ///
  /// @param services tell of its transaction
  void sessionReady(
      SessionSettings ofSession,
      SessionServices services,
      SessionObjects objects,
      EvalContext context) {
    settings = ofSession;
    logsEnd = ofSession.get(Gucs.LOG_DISCONNECTIONS);
    statements = services.counters().statements;
    malformedTraces = services.counters().traceContextsMalformed;
    malformedTraces.add(malformedAtStart);
    log.sessionReady(ofSession, services);
    statementLog = new StatementLog(log, ofSession, objects, context, environment.random());
    tell(new ProcessEvent.Ready((environment.clock().nanoTime() - startNanos) / 1e6), 0);
  }

  /// A message about this statement has arrived.
  ///
  /// @param anew whether it is to be parsed
  void statementArrived(String sql, boolean anew) {
    tellCompleted();
    statement = sql;
    if (statementLog != null) {
      statementLog.arrived(sql);
    }
    if (anew) {
      times.arrived();
    } else {
      times.continued();
    }
  }

  /// A message of the extended protocol is worked at.
  void doing(String message) {
    log.doing(message);
  }

  /// Where the time of the statement goes is told here.
  StatementTimes times() {
    return times;
  }

  /// The session waits for its client: what happens now has no statement.
  ///
  /// @param state as `pg_stat_activity` names it
  void statementEnded(String state) {
    statement = null;
    log.doing(state);
    times.ended();
  }

  /// What the client's statement says; null where none runs.
  @Nullable String statementText() {
    return statement;
  }

  /// Logs a message, with its statement where the parameters ask for that.
  void log(PgException message) {
    log.log(message, ofServer ? null : statement);
  }

  void log(String message) {
    log.log(message);
  }

  /// A message is done: the log may tell how long it took.
  ///
  /// @param what says which message
  void logDuration(ObjDoubleConsumer<StatementLog> what) {
    StatementLog statements = statementLog;
    if (statements != null) {
      what.accept(statements, times.durationMs());
    }
  }

  /// A statement begins that `log_statement` may ask for.
  ///
  /// @param portal what it runs in; null in the simple protocol
  void statementBegins(ParsedStatement parsed, @Nullable Portal portal) {
    if (portal != null) {
      log.statementBegins(parsed.tree());
    }
    StatementLog statements = statementLog;
    if (statements != null) {
      statements.begins(parsed, portal);
    }
    // As in PostgreSQL, where a simple query is logged before it is worked at.
    log.statementBegins(parsed.tree());
  }

  /// A statement has succeeded.
  ///
  /// @param tag its command tag
  /// @param rows how many it has returned
  /// @param portal what it ran in; null in the simple protocol
  void statementCompleted(Statement prepared, String tag, long rows, @Nullable Portal portal) {
    SessionSettings current = settings;
    if (current == null) {
      return;
    }
    double durationMs = times.durationMs();
    boolean slow = StatementLog.reaches(durationMs, current.logMinDurationMs());
    if (portal != null) {
      logDuration((statements, ms) -> statements.executed(portal, ms));
    }
    StatementStatistics statistics = statements;
    if (statistics != null && current.tracks(prepared.commandName())) {
      statistics.count(
          current.roleOid(),
          prepared.queryId(),
          durationMs,
          processed(tag),
          current.trackedStatements(),
          prepared::parameterizedText);
    }
    countMalformedTraces(current);
    TraceContext trace = trace();
    if (slow || (trace != null && trace.sampled())) {
      completed = new CompletedStatement(prepared, rows, durationMs, trace, planNodes);
    } else {
      times.ended();
    }
    planNodes = List.of();
    if (portal == null) {
      tellCompleted();
    }
  }

  /// The rows that a statement has returned or changed: the number at the end of its tag.
  private static long processed(String tag) {
    long rows = 0;
    long place = 1;
    for (int i = tag.length() - 1; i >= 0 && tag.charAt(i) >= '0' && tag.charAt(i) <= '9'; i--) {
      rows += (tag.charAt(i) - '0') * place;
      place *= 10;
    }
    return rows;
  }

  /// Tells of the statement that has completed, now that its transaction has ended too, or goes on
  /// without it: in the extended protocol the commit comes with Sync.
  void tellCompleted() {
    CompletedStatement statementToTell = completed;
    if (statementToTell != null) {
      completed = null;
      Statement prepared = statementToTell.statement;
      emit(
          new StatementEvent.Completed(
              prepared.queryId(),
              prepared.summary(),
              prepared.queryText(),
              log.user(),
              log.database(),
              statementToTell.rows,
              statementToTell.durationMs,
              times.phases(),
              statementToTell.planNodes),
          statementToTell.trace);
      times.ended();
    }
  }

  /// A statement that has completed and whose event is yet to come.
  private record CompletedStatement(
      Statement statement,
      long rows,
      double durationMs,
      @Nullable TraceContext trace,
      List<StatementEvent.PlanNode> planNodes) {}

  /// Whether the statement belongs to a sampled trace.
  boolean isTraced() {
    TraceContext trace = trace();
    return trace != null && trace.sampled();
  }

  /// What the nodes of the statement's plan did.
  void planNodes(List<StatementEvent.PlanNode> nodes) {
    planNodes = nodes;
  }

  /// A statement has failed.
  ///
  /// @param prepared null where it failed before it was understood
  void statementFailed(@Nullable Statement prepared, PgException error) {
    tellCompleted();
    if (settings != null) {
      countMalformedTraces(settings);
    }
    emit(
        new StatementEvent.Failed(
            prepared == null ? 0 : prepared.queryId(),
            prepared == null ? firstWord(statement) : prepared.summary(),
            prepared == null ? null : prepared.queryText(),
            log.user(),
            log.database(),
            error.sqlState().code(),
            quotesLiterals(error.sqlState()) ? null : error.message(),
            times.durationMs(),
            times.phases()),
        trace());
    times.ended();
  }

  /// Data exceptions and syntax errors show what they complain about.
  private static boolean quotesLiterals(SqlState state) {
    return state.code().startsWith("22") || state == SqlState.SYNTAX_ERROR;
  }

  /// What can be said about a statement that was not understood, without a literal of it.
  private static String firstWord(@Nullable String sql) {
    if (sql == null) {
      return "";
    }
    int start = 0;
    while (start < sql.length() && Character.isWhitespace(sql.charAt(start))) {
      start++;
    }
    int end = start;
    while (end < sql.length() && end < start + 16 && isAsciiLetter(sql.charAt(end))) {
      end++;
    }
    return sql.substring(start, end).toUpperCase(Locale.ROOT);
  }

  private static boolean isAsciiLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  /// Once for each statement, when it has ended.
  private void countMalformedTraces(SessionSettings current) {
    int malformed =
        current.takeMalformedTraceparents() + (StatementTrace.isMalformed(statement) ? 1 : 0);
    if (malformed > 0 && malformedTraces != null) {
      malformedTraces.add(malformed);
    }
  }

  /// The trace that the statement belongs to.
  private @Nullable TraceContext trace() {
    SessionSettings current = settings;
    return current == null
        ? sessionTrace
        : StatementTrace.of(
            statement, current.traceparent(), sessionTrace, current.traceCallerSampleRate());
  }

  private boolean on(Guc<Boolean> parameter) {
    return environment.config().get().get(parameter);
  }

  /// The next event of the connection: it follows from the one before, unless it is an end that
  /// somebody else has made.
  private void tell(ConnectionEvent event) {
    connection =
        environment.emitter().emit(subject, event, cause == 0 ? connection : cause, sessionTrace);
  }

  /// What the session's own work tells.
  ///
  /// @param follows the event that it follows from; 0 for that of the connection
  long tell(LifecycleEvent event, long follows) {
    long from = follows != 0 ? follows : cause == 0 ? connection : cause;
    return environment.emitter().emit(subject, event, from, sessionTrace);
  }

  private void emit(LifecycleEvent event, @Nullable TraceContext trace) {
    environment.emitter().emit(subject, event, cause, trace);
  }
}
