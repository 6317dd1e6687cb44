package dev.lifeline.utils.adt;

import dev.lifeline.utils.error.PgException;
import io.vertx.core.Future;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What functions ask of the session and the server: implemented by whoever runs statements.
public interface SessionHooks {
  int pid();

  String databaseName();

  int databaseOid();

  /// The role that the session acts as now.
  String currentUser();

  /// The role that logged in.
  String sessionUser();

  /// The existing schemas of `search_path`, in order.
  ///
  /// @param implicit whether `pg_catalog` and the session's temporary schema are told, too
  List<String> searchPath(boolean implicit);

  /// The value of a parameter as `SHOW` tells it, or null where there is no such parameter.
  @Nullable String currentSetting(String name);

  /// Sets a parameter and returns its new value as `SHOW` tells it.
  String setConfig(String name, @Nullable String value, boolean local);

  /// Throws the error of a cancel request, a termination or a timeout that has arrived meanwhile.
  void checkForInterrupts();

  /// Completes after so many nanoseconds; fails as soon as the statement is cancelled.
  Future<?> sleep(long nanos);

  /// Sends a NOTICE, WARNING, INFO, ... to the client.
  void notice(PgException notice);

  /// When the postmaster started, in microseconds since 1970-01-01.
  long postmasterStartTime();

  /// When the configuration was last loaded, in microseconds since 1970-01-01.
  long configurationLoadTime();

  /// The transaction's id; gives it one where it has none.
  long currentTransactionId();

  /// The transaction's id, or 0 where it has none.
  long currentTransactionIdIfAssigned();

  /// The transaction's id or, where it has none, the next one that will be given out: what ages are
  /// counted from.
  long latestTransactionId();

  /// The client's address without its port, or null where it came by a Unix socket.
  @Nullable String clientAddress();

  int clientPort();

  /// The address that the client connected to, or null where it came by a Unix socket.
  @Nullable String serverAddress();

  int serverPort();

  /// A function that is the server's business rather than a type's, such as `pg_terminate_backend`
  /// or `lifeline_crash_backend`.
  ///
  /// @param name the function's name
  /// @param arguments the arguments in the form of their [dev.lifeline.utils.batch.Rep], boxed
  /// @return the result in the same form; null is SQL's NULL
  /// @throws PgException [PgException#notSupported] where the server does not have it
  @Nullable Object serverFunction(String name, List<@Nullable Object> arguments);
}
