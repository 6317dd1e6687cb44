package dev.lifeline.main;

import dev.lifeline.dashboard.Actions.QueryResult;
import dev.lifeline.utils.error.SqlState;
import dev.lifeline.utils.guc.Gucs;
import dev.lifeline.utils.guc.ServerConfig;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Cursor;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Queries of the dashboard, each in a session of its own like any other client's: `pg_hba.conf`
/// decides who may come, the session is on the event log, and PostgreSQL's rules hold for it.
///
/// Where nobody says who asks, a role does that owns nothing and may look at the server's
/// statistics and the event log; it is created when it is first needed. A query may come out of a
/// link that somebody else has made, so it is never the superuser's unless who asks names that. Its
/// transaction is read-only and has ten seconds.
final class DashboardQueries {
  /// Who asks where nobody says so.
  static final String ROLE = "lifeline_dashboard";

  /// Not in `pg_read_all_data`: that would let whoever has the page's token read every table, and
  /// the password hashes in `pg_authid`.
  private static final String CREATE_ROLE = "CREATE ROLE " + ROLE + " LOGIN IN ROLE pg_monitor";

  private static final String TIMEOUT = "10s";

  private final Vertx vertx;
  private final ServerConfig config;

  DashboardQueries(Vertx vertx, ServerConfig config) {
    this.vertx = vertx;
    this.config = config;
  }

  Future<QueryResult> run(
      String sql, @Nullable String user, @Nullable String password, int rowsMax) {
    String asking = user == null || user.isBlank() ? ROLE : user;
    PgConnectOptions options =
        options(asking)
            .addProperty("default_transaction_read_only", "on")
            .addProperty("statement_timeout", TIMEOUT);
    if (password != null && !password.isEmpty()) {
      options.setPassword(password);
    }
    Future<PgConnection> connected =
        PgConnection.connect(vertx, options)
            .recover(error ->
                asking.equals(ROLE) && says(error, SqlState.INVALID_AUTHORIZATION_SPECIFICATION)
                    ? createRole().compose(created -> PgConnection.connect(vertx, options))
                    : Future.failedFuture(error));
    return connected
        .compose(connection -> read(connection, sql, rowsMax).eventually(connection::close))
        .recover(error -> Future.failedFuture(readable(error)));
  }

  private PgConnectOptions options(String user) {
    return new PgConnectOptions()
        .setHost(host())
        .setPort(Math.toIntExact(config.get(Gucs.PORT)))
        .setDatabase("postgres")
        .setUser(user)
        .addProperty("application_name", "dashboard");
  }

  private Future<Void> createRole() {
    return PgConnection.connect(vertx, options(InitdbCommand.SUPERUSER))
        .compose(connection ->
            connection
                .query(CREATE_ROLE)
                .execute()
                .<Void>mapEmpty()
                .recover(error ->
                    says(error, SqlState.DUPLICATE_OBJECT)
                        ? Future.succeededFuture() // by another query at the same time
                        : Future.failedFuture(error))
                .eventually(connection::close));
  }

  private static boolean says(Throwable error, SqlState state) {
    return error instanceof PgException refused && state.code().equals(refused.getSqlState());
  }

  /// Over TCP where the server listens there, else through its socket.
  private String host() {
    String sockets = config.get(Gucs.UNIX_SOCKET_DIRECTORIES);
    return config.get(Gucs.LISTEN_ADDRESSES).isBlank() && !sockets.isBlank()
        ? sockets.split(",", -1)[0].strip()
        : "127.0.0.1";
  }

  /// By a cursor: a query that would return millions of rows is not read to its end.
  private static Future<QueryResult> read(PgConnection connection, String sql, int rowsMax) {
    return connection
        .begin()
        .compose(transaction -> connection.prepare(sql))
        .compose(statement -> {
          Cursor cursor = statement.cursor();
          return cursor.read(rowsMax).map(rows -> result(rows, cursor.hasMore()));
        });
  }

  private static QueryResult result(RowSet<Row> rows, boolean more) {
    List<String> names = rows.columnsNames();
    List<List<@Nullable Object>> values = new ArrayList<>();
    for (Row row : rows) {
      List<@Nullable Object> columns = new ArrayList<>();
      for (int i = 0; i < row.size(); i++) {
        columns.add(row.getValue(i));
      }
      values.add(columns);
    }
    return new QueryResult(names == null ? List.of() : List.copyOf(names), values, more);
  }

  /// What psql would print of an error.
  private static Throwable readable(Throwable error) {
    if (!(error instanceof PgException refused)) {
      return error;
    }
    StringBuilder text = new StringBuilder();
    text.append(refused.getSeverity()).append(": ").append(refused.getErrorMessage());
    text.append(" (").append(refused.getSqlState()).append(')');
    if (refused.getPosition() != null) {
      text.append(" at character ").append(refused.getPosition());
    }
    if (refused.getDetail() != null) {
      text.append("\nDETAIL: ").append(refused.getDetail());
    }
    if (refused.getHint() != null) {
      text.append("\nHINT: ").append(refused.getHint());
    }
    return new IllegalArgumentException(text.toString(), error);
  }
}
