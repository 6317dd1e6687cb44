package dev.lifeline.utils.error;

import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Who says something in the server log: what `log_line_prefix` and the other formats can tell
/// about a process. Immutable but for the count of its lines, which the changed copies of one
/// process share.
public final class LogProcess {
  private final int pid;
  private final String backendType;
  private final long startMicros;
  private final @Nullable Client client;
  private final AtomicLong messages;
  private final AtomicLong prefixes;
  private final Activity activity;

  /// The client that a backend serves; the names are null as long as they are not known.
  ///
  /// @param host null for the Unix-domain socket
  public record Client(
      @Nullable String host,
      int port,
      @Nullable String user,
      @Nullable String database,
      @Nullable String applicationName) {

    public Client at(String hostName) {
      return new Client(hostName, port, user, database, applicationName);
    }

    public Client named(String asUser, String toDatabase) {
      return new Client(host, port, asUser, toDatabase, applicationName);
    }

    public Client application(String name) {
      return new Client(host, port, user, database, name);
    }
  }

  /// What a process is doing when it logs.
  public interface Activity {
    /// For a process that has no commands.
    Activity NONE =
        new Activity() {
          @Override
          public String display() {
            return "";
          }

          @Override
          public long xid() {
            return 0;
          }

          @Override
          public long queryId() {
            return 0;
          }
        };

    /// What `ps` would show of it, as `SELECT` or `idle`.
    String display();

    /// Its transaction's id, 0 where it has none.
    long xid();

    /// Names its transaction, also one without an id, as `pg_locks` does; empty where the process
    /// has none ever.
    default String virtualXid() {
      return "";
    }

    /// The running statement's identifier, 0 where it has none.
    long queryId();
  }

  private LogProcess(
      int pid,
      String backendType,
      long startMicros,
      @Nullable Client client,
      AtomicLong messages,
      AtomicLong prefixes,
      Activity activity) {
    this.pid = pid;
    this.backendType = backendType;
    this.startMicros = startMicros;
    this.client = client;
    this.messages = messages;
    this.prefixes = prefixes;
    this.activity = activity;
  }

  /// A process that serves no client.
  ///
  /// @param backendType as `%b` prints it, e.g. `checkpointer`
  /// @param startMicros when it was started, since the epoch
  public static LogProcess of(int pid, String backendType, long startMicros) {
    return new LogProcess(
        pid, backendType, startMicros, null, new AtomicLong(), new AtomicLong(), Activity.NONE);
  }

  /// A process that serves no client, which is as old as the server.
  public static LogProcess of(int pid, String backendType) {
    return of(pid, backendType, 0);
  }

  /// A backend whose client has not said yet who it is.
  public static LogProcess ofClient(
      int pid, long startMicros, @Nullable String host, int port, Activity activity) {
    return new LogProcess(
        pid,
        "not initialized",
        startMicros,
        new Client(host, port, null, null, null),
        new AtomicLong(),
        new AtomicLong(),
        activity);
  }

  /// The same process, of which more is known.
  public LogProcess as(String newBackendType, Client newClient) {
    return new LogProcess(
        pid, newBackendType, startMicros, newClient, messages, prefixes, activity);
  }

  /// The same process, of which it is known since when it runs.
  public LogProcess startedAt(long micros) {
    return new LogProcess(pid, backendType, micros, client, messages, prefixes, activity);
  }

  public int pid() {
    return pid;
  }

  public String backendType() {
    return backendType;
  }

  public long startMicros() {
    return startMicros;
  }

  /// Null for a process that serves none.
  public @Nullable Client client() {
    return client;
  }

  public Activity activity() {
    return activity;
  }

  /// Counts a message, from 1.
  long nextMessage() {
    return messages.incrementAndGet();
  }

  /// Counts a line that begins with a prefix, from 1: a message with a detail has two.
  long nextPrefix() {
    return prefixes.incrementAndGet();
  }
}
