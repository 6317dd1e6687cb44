package dev.lifeline.tcop;

import org.jspecify.annotations.Nullable;

/// What a session tells of itself in `pg_stat_activity`. Written by its own event loop and read by
/// any: the fields may belong to two instants, as in PostgreSQL's view of a busy server.
public final class BackendActivity {
  /// `pg_stat_activity.state`.
  public enum State {
    STARTING(""),
    IDLE("idle"),
    ACTIVE("active"),
    IDLE_IN_TRANSACTION("idle in transaction"),
    IDLE_IN_TRANSACTION_ABORTED("idle in transaction (aborted)");

    private final String label;

    State(String label) {
      this.label = label;
    }

    public String label() {
      return label;
    }
  }

  private final long backendStart;

  /// Written after the other fields, so that who sees it sees them.
  private volatile State state = State.STARTING;

  private String query = "";
  private long stateChange;
  private long queryStart;
  private long transactionStart;
  private @Nullable String user;
  private @Nullable String database;
  private int userOid;
  private int databaseOid;
  private String applicationName = "";

  BackendActivity(long backendStart) {
    this.backendStart = backendStart;
    this.stateChange = backendStart;
  }

  /// Times are in microseconds since the epoch; 0: none.
  public long backendStart() {
    return backendStart;
  }

  public State state() {
    return state;
  }

  /// The running statement's text, or the last one's.
  public String query() {
    return query;
  }

  public long queryStart() {
    return queryStart;
  }

  public long stateChange() {
    return stateChange;
  }

  public long transactionStart() {
    return transactionStart;
  }

  public @Nullable String user() {
    return user;
  }

  public @Nullable String database() {
    return database;
  }

  public int userOid() {
    return userOid;
  }

  public int databaseOid() {
    return databaseOid;
  }

  public String applicationName() {
    return applicationName;
  }

  void connecting(String asUser, String toDatabase, String application) {
    user = asUser;
    database = toDatabase;
    applicationName = application;
  }

  void authorized(int asUserOid, int toDatabaseOid) {
    userOid = asUserOid;
    databaseOid = toDatabaseOid;
  }

  void applicationName(String name) {
    applicationName = name;
  }

  void active(String sql, long now) {
    query = sql;
    queryStart = now;
    stateChange = now;
    state = State.ACTIVE;
  }

  void query(String text) {
    query = text;
  }

  void idle(State idle, long now) {
    stateChange = now;
    state = idle;
  }

  void transactionStart(long when) {
    transactionStart = when;
  }
}
