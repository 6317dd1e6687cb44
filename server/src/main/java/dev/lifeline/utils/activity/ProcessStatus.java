package dev.lifeline.utils.activity;

import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/// What `pg_stat_activity` knows of one process. Times are in microseconds since the epoch, 0:
/// none.
///
/// @param databaseOid 0 where it belongs to no database
/// @param userOid 0 where it has no role
/// @param clientAddress null where it has no client, or one on a Unix socket
/// @param clientHostname what that address is called; null where nobody has asked (`log_hostname`)
/// @param clientPort -1 for a client on a Unix socket, null where there is no client
/// @param state as the view has it; null for what is not a session
/// @param activeMicros how long the session has run statements
/// @param idleInTransactionMicros how long it was idle in a transaction
/// @param encryption null where its connection is not encrypted
public record ProcessStatus(
    int pid,
    String backendType,
    int databaseOid,
    @Nullable String databaseName,
    int userOid,
    @Nullable String userName,
    String applicationName,
    @Nullable String clientAddress,
    @Nullable String clientHostname,
    @Nullable Integer clientPort,
    long backendStart,
    long transactionStart,
    long queryStart,
    long stateChange,
    @Nullable String waitEventType,
    @Nullable String waitEvent,
    @Nullable String state,
    String query,
    long activeMicros,
    long idleInTransactionMicros,
    @Nullable Encryption encryption) {

  /// What `pg_stat_ssl` knows of an encrypted connection.
  ///
  /// @param clientDn null where the client has shown no certificate, and so the next two
  public record Encryption(
      String version,
      String cipher,
      int bits,
      @Nullable String clientDn,
      @Nullable BigInteger clientSerial,
      @Nullable String issuerDn) {}

  /// A process that serves no session.
  ///
  /// @param waitEvent what it waits for in its main loop
  public static ProcessStatus auxiliary(
      int pid, String backendType, long backendStart, @Nullable String waitEvent) {
    return new ProcessStatus(
        pid,
        backendType,
        0,
        null,
        0,
        null,
        "",
        null,
        null,
        null,
        backendStart,
        0,
        0,
        0,
        waitEvent == null ? null : "Activity",
        waitEvent,
        null,
        "",
        0,
        0,
        null);
  }

  /// The same in the name of a role.
  public ProcessStatus of(int roleOid, String roleName) {
    return new ProcessStatus(
        pid,
        backendType,
        databaseOid,
        databaseName,
        roleOid,
        roleName,
        applicationName,
        clientAddress,
        clientHostname,
        clientPort,
        backendStart,
        transactionStart,
        queryStart,
        stateChange,
        waitEventType,
        waitEvent,
        state,
        query,
        activeMicros,
        idleInTransactionMicros,
        encryption);
  }

  /// The same at work in a database. Who is active waits for nothing.
  public ProcessStatus atWork(
      int workDatabaseOid,
      @Nullable String workDatabaseName,
      long transactionSince,
      long querySince,
      long stateSince,
      boolean active,
      String activity) {
    return new ProcessStatus(
        pid,
        backendType,
        workDatabaseOid,
        workDatabaseName,
        userOid,
        userName,
        applicationName,
        clientAddress,
        clientHostname,
        clientPort,
        backendStart,
        transactionSince,
        querySince,
        stateSince,
        active ? null : waitEventType,
        active ? null : waitEvent,
        active ? "active" : "idle",
        activity,
        activeMicros,
        idleInTransactionMicros,
        encryption);
  }
}
