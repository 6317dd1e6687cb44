package dev.lifeline.observe;

import dev.lifeline.observe.ServerFacts.LogAccess;
import dev.lifeline.observe.log.LogFile;
import dev.lifeline.observe.log.LogFormat;
import dev.lifeline.observe.log.LogTime;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.pgclient.SslMode;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// One connection to an observed server, and the questions that it is asked.
///
/// The observer's own statements are kept out of the log where its role may do so; where it may
/// not, they are events like any other, and [#pid] tells whose.
public final class ServerLink {
  private static final int CONNECT_SECONDS_MAX = 10;
  private static final String FACTS =
      """
      SELECT (SELECT system_identifier::text FROM pg_control_system()) AS system_identifier,
        current_setting('server_version_num')::int AS version_num,
        current_setting('server_version') AS version,
        pg_is_in_recovery() AS in_recovery,
        pg_postmaster_start_time() AS postmaster_start,
        current_setting('log_timezone') AS log_timezone,
        current_setting('log_lock_waits')::bool AS log_lock_waits,
        current_setting('log_connections') ~ '^(on|true|yes|1|all)$|authorization'
          AS log_connections,
        current_setting('logging_collector')::bool AS collector,
        current_setting('log_destination') AS destination,
        coalesce(has_function_privilege(
          to_regprocedure('lifeline.read_log(text,bigint,bigint)')::oid, 'EXECUTE'), false)
          AS by_function,
        has_function_privilege(
          'pg_catalog.pg_read_binary_file(text,bigint,bigint,boolean)', 'EXECUTE') AS direct,
        has_function_privilege('pg_catalog.pg_current_logfile(text)', 'EXECUTE') AS tells_file,
        pg_has_role(current_user, 'pg_monitor', 'USAGE') AS monitor,
        pg_backend_pid() AS pid\
      """;
  private static final String READ_DIRECT =
      "SELECT pg_read_binary_file(current_setting('log_directory') || '/' || $1, $2, $3, true)";
  private static final String READ_BY_FUNCTION = "SELECT lifeline.read_log($1, $2, $3)";
  private static final String LIST =
      "SELECT name, size, extract(epoch FROM modification)::bigint FROM pg_ls_logdir()";

  private final PgConnection connection;
  private @Nullable ServerFacts facts;
  private int pid;

  /// Until 17 `pg_monitor` may list the log's files, but not ask which of them is written to.
  private boolean tellsFile;

  private ServerLink(PgConnection connection) {
    this.connection = connection;
  }

  /// Connects, and asks what server it is.
  public static Future<ServerLink> open(Vertx vertx, Target target) {
    PgConnectOptions options;
    try {
      options = options(target.uri());
    } catch (RuntimeException e) {
      return Future.failedFuture(e);
    }
    return PgConnection.connect(vertx, options)
        .timeout(CONNECT_SECONDS_MAX, TimeUnit.SECONDS)
        .compose(connection -> {
          ServerLink link = new ServerLink(connection);
          return link.ask()
              .map(link)
              .recover(error -> connection.close().transform(closed -> Future.failedFuture(error)));
        });
  }

  /// `sslrootcert` is a parameter of libpq that the client has no name for.
  static PgConnectOptions options(String uri) {
    String rootCertificate = parameter(uri, "sslrootcert");
    String plain = uri.replaceAll("([?&])sslrootcert=[^&]*&?", "$1").replaceAll("[?&]$", "");
    PgConnectOptions options = PgConnectOptions.fromUri(plain);
    options.setProperties(new HashMap<>(options.getProperties()));
    options.addProperty("application_name", "lifeline observe");
    options.setCachePreparedStatements(true);
    options.setReconnectAttempts(0);
    if (options.getSslMode() != SslMode.DISABLE) {
      ClientSSLOptions ssl =
          options.getSslOptions() == null ? new ClientSSLOptions() : options.getSslOptions();
      boolean verifies =
          options.getSslMode() == SslMode.VERIFY_CA || options.getSslMode() == SslMode.VERIFY_FULL;
      if (rootCertificate != null) {
        ssl.setTrustOptions(new PemTrustOptions().addCertPath(rootCertificate));
      } else {
        ssl.setTrustAll(!verifies); // as libpq: encrypted, and whoever answers is believed
      }
      ssl.setHostnameVerificationAlgorithm(
          options.getSslMode() == SslMode.VERIFY_FULL ? "HTTPS" : "");
      options.setSslOptions(ssl);
    }
    return options;
  }

  private static @Nullable String parameter(String uri, String name) {
    Matcher found = Pattern.compile("[?&]" + name + "=([^&]*)").matcher(uri);
    return found.find() ? URLDecoder.decode(found.group(1), StandardCharsets.UTF_8) : null;
  }

  private Future<Void> ask() {
    return connection
        .query(FACTS)
        .execute()
        .compose(rows -> {
          Row row = rows.iterator().next();
          pid = row.getInteger("pid");
          tellsFile = row.getBoolean("tells_file");
          LogFormat format = format(row);
          boolean monitor = row.getBoolean("monitor");
          Future<@Nullable String> file =
              format == null || !monitor ? Future.succeededFuture() : currentLogFile(format);
          return file.map(name -> facts(row, format, monitor, name));
        })
        .compose(known -> {
          facts = known;
          return beQuiet();
        });
  }

  private static @Nullable LogFormat format(Row row) {
    if (!row.getBoolean("collector")) {
      return null;
    }
    String destination = row.getString("destination");
    if (destination.contains("jsonlog")) {
      return LogFormat.JSONLOG;
    }
    return destination.contains("csvlog") ? LogFormat.CSVLOG : null;
  }

  private static ServerFacts facts(
      Row row, @Nullable LogFormat format, boolean monitor, @Nullable String file) {
    LogAccess access = LogAccess.NONE;
    if (monitor && row.getBoolean("by_function")) {
      access = LogAccess.FUNCTION;
    } else if (monitor && row.getBoolean("direct")) {
      access = LogAccess.DIRECT;
    }
    return new ServerFacts(
        Long.parseUnsignedLong(row.getString("system_identifier")),
        row.getInteger("version_num"),
        row.getString("version"),
        row.getBoolean("in_recovery"),
        row.getOffsetDateTime("postmaster_start").toInstant(),
        LogTime.zone(row.getString("log_timezone")),
        format,
        access,
        file,
        row.getBoolean("log_lock_waits"),
        row.getBoolean("log_connections"));
  }

  /// Its own polling is nothing that anybody wants to read about. Only some roles may say so.
  private Future<Void> beQuiet() {
    return connection
        .query("SET log_min_duration_statement = -1")
        .execute()
        .compose(set -> connection.query("SET log_statement = 'none'").execute())
        .<Void>mapEmpty()
        .otherwiseEmpty();
  }

  public ServerFacts facts() {
    return Objects.requireNonNull(facts, "asked when the link was opened");
  }

  /// The observer's own backend.
  public int pid() {
    return pid;
  }

  /// The file that the server writes to now, without its folder; null when there is none.
  public Future<@Nullable String> currentLogFile(LogFormat format) {
    if (!tellsFile) {
      return list(format)
          .map(files -> files.stream().max(LogFile.IN_TIME).map(LogFile::name).orElse(null));
    }
    return connection
        .preparedQuery("SELECT pg_current_logfile($1)")
        .execute(Tuple.of(format.destination()))
        .map(rows -> {
          String path = rows.iterator().next().getString(0);
          return path == null ? null : path.substring(path.lastIndexOf('/') + 1);
        });
  }

  /// Bytes of a log file; empty at its end, null when it is not there.
  public Future<byte @Nullable []> read(String file, long offset, int length) {
    String sql = facts().access() == LogAccess.FUNCTION ? READ_BY_FUNCTION : READ_DIRECT;
    return connection
        .preparedQuery(sql)
        .execute(Tuple.of(file, offset, (long) length))
        .map(rows -> {
          Buffer bytes = rows.iterator().next().getBuffer(0);
          return bytes == null ? null : bytes.getBytes();
        });
  }

  /// The log files of this format.
  public Future<List<LogFile>> list(LogFormat format) {
    return rows(LIST)
        .map(rows -> {
          List<LogFile> files = new ArrayList<>();
          for (Row row : rows) {
            if (format.isName(row.getString(0))) {
              files.add(new LogFile(row.getString(0), row.getLong(1), row.getLong(2)));
            }
          }
          return files;
        });
  }

  /// The answer to a question without parameters.
  public Future<RowSet<Row>> rows(String sql) {
    return connection.preparedQuery(sql).execute();
  }

  public void onClose(Runnable gone) {
    connection.closeHandler(closed -> gone.run());
  }

  public Future<Void> close() {
    return connection.close();
  }

  /// A timestamp of a row.
  static java.time.@Nullable Instant instant(Row row, String column) {
    OffsetDateTime time = row.getOffsetDateTime(column);
    return time == null ? null : time.toInstant();
  }
}
