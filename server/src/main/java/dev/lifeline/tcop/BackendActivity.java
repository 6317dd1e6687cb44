package dev.lifeline.tcop;

import dev.lifeline.libpq.tls.TlsSession;
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
  private @Nullable String waitType;
  private @Nullable String waitEvent;
  private long activeMicros;
  private long idleInTransactionMicros;
  private long stateChange;
  private long queryStart;
  private long transactionStart;
  private @Nullable String user;
  private @Nullable String database;
  private int userOid;
  private int databaseOid;
  private String applicationName = "";
  private @Nullable String clientHostname;
  private volatile @Nullable TlsSession tls;

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

  /// `wait_event_type`, where it waits for something that the lock table does not know.
  public @Nullable String waitType() {
    return state == State.ACTIVE || state == State.STARTING ? waitType : "Client";
  }

  /// `wait_event`.
  public @Nullable String waitEvent() {
    return state == State.ACTIVE || state == State.STARTING ? waitEvent : "ClientRead";
  }

  /// How long it has run statements until now.
  public long activeMicros(long now) {
    return activeMicros + (state == State.ACTIVE ? Math.max(0, now - stateChange) : 0);
  }

  /// How long it was idle in a transaction until now.
  public long idleInTransactionMicros(long now) {
    return idleInTransactionMicros + (inTransaction() ? Math.max(0, now - stateChange) : 0);
  }

  private boolean inTransaction() {
    return state == State.IDLE_IN_TRANSACTION || state == State.IDLE_IN_TRANSACTION_ABORTED;
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

  /// What the client's host is called; null where `log_hostname` does not ask.
  public @Nullable String clientHostname() {
    return clientHostname;
  }

  void clientHostname(@Nullable String name) {
    clientHostname = name;
  }

  /// What is known of the connection's encryption; null where there is none.
  public @Nullable TlsSession tls() {
    return tls;
  }

  void encrypted(TlsSession session) {
    tls = session;
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
    leaveState(now);
    query = sql;
    queryStart = now;
    stateChange = now;
    state = State.ACTIVE;
  }

  void query(String text) {
    query = text;
  }

  /// Waits for this from now on; null: for nothing any more.
  void waiting(@Nullable String type, @Nullable String event) {
    waitType = type;
    waitEvent = event;
  }

  private void leaveState(long now) {
    if (state == State.ACTIVE) {
      activeMicros += Math.max(0, now - stateChange);
    } else if (inTransaction()) {
      idleInTransactionMicros += Math.max(0, now - stateChange);
    }
  }

  void idle(State idle, long now) {
    leaveState(now);
    stateChange = now;
    state = idle;
  }

  void transactionStart(long when) {
    transactionStart = when;
  }
}
