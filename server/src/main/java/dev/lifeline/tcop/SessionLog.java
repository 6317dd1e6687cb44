package dev.lifeline.tcop;

import dev.lifeline.commands.CommandTags;
import dev.lifeline.libpq.BackendWriter;
import dev.lifeline.libpq.ClientAddress;
import dev.lifeline.parser.tree.Stmt;
import dev.lifeline.utils.error.LogEntry;
import dev.lifeline.utils.error.LogProcess;
import dev.lifeline.utils.error.LogVerbosity;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.guc.Gucs;
import dev.lifeline.utils.guc.ServerConfig;
import java.util.Locale;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What a backend writes into the server log: who it is there, and what its session's own
/// parameters let through.
final class SessionLog {
  private final BackendEnvironment environment;
  private LogProcess process;
  private @Nullable SessionSettings settings;
  private LongSupplier xid = () -> 0;
  private Supplier<String> virtualXid = () -> "";
  private String display = "";
  private @Nullable Stmt running;

  /// What the formats of the log can tell of the session's work.
  private final class Activity implements LogProcess.Activity {
    @Override
    public String display() {
      Stmt statement = running;
      return statement == null ? display : CommandTags.of(statement);
    }

    @Override
    public long xid() {
      return xid.getAsLong();
    }

    @Override
    public String virtualXid() {
      return virtualXid.get();
    }

    @Override
    public long queryId() {
      return 0;
    }
  }

  SessionLog(BackendEnvironment environment, int pid, ClientAddress address) {
    this.environment = environment;
    this.process =
        LogProcess.ofClient(
            pid,
            environment.clock().epochMicros(),
            address.host(),
            Math.max(0, address.port()),
            new Activity());
  }

  private LogProcess.Client client() {
    LogProcess.Client client = process.client();
    if (client == null) {
      throw new IllegalStateException("a backend serves a client");
    }
    return client;
  }

  /// The client's host has a name.
  void hostName(String name) {
    process = process.as(process.backendType(), client().at(name));
  }

  /// The client has said who it is.
  void connecting(String backendType, String user, String database) {
    display = "authentication";
    process = process.as(backendType, client().named(user, database));
  }

  /// From now on it is a process of another type.
  void becomes(String backendType) {
    process = process.as(backendType, client());
  }

  void applicationName(String name) {
    process = process.as(process.backendType(), client().application(name));
  }

  @Nullable String user() {
    return client().user();
  }

  @Nullable String database() {
    return client().database();
  }

  /// There is a session, with parameters of its own.
  void sessionReady(SessionSettings ofSession, SessionServices services) {
    settings = ofSession;
    xid = services::xidIfAny;
    virtualXid = services::virtualXid;
    display = "idle";
  }

  void statementBegins(Stmt statement) {
    running = statement;
  }

  /// What the session does that is no statement: `PARSE`, `idle in transaction`.
  void doing(String what) {
    running = null;
    display = what;
  }

  /// The session is over, and has no transaction any more.
  void sessionEnded() {
    virtualXid = () -> "";
  }

  void log(String message) {
    write(PgException.log(message), null, 0);
  }

  /// Logs a message about a statement, which goes with it where the parameters ask for that.
  void log(PgException message, @Nullable String statement) {
    SessionSettings current = settings;
    if (current != null && !current.toLog(message.severity())) {
      return;
    }
    int position =
        statement == null || message.location() < 0
            ? 0
            : BackendWriter.characterPosition(statement, message.location());
    boolean shown = current != null && current.withStatement(message.severity());
    write(message, shown ? statement : null, position);
  }

  private void write(PgException message, @Nullable String statement, int position) {
    SessionSettings current = settings;
    ServerConfig config = environment.config().get();
    String verbosity =
        current == null ? config.get(Gucs.LOG_ERROR_VERBOSITY) : current.logErrorVerbosity();
    environment
        .log()
        .write(
            LogEntry.of(
                environment.clock().epochMicros(),
                process,
                message,
                statement,
                position,
                LogVerbosity.valueOf(verbosity.toUpperCase(Locale.ROOT))));
  }
}
