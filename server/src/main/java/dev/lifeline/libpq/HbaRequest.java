package dev.lifeline.libpq;

/// Who wants to connect, from where, to what.
///
/// @param host what the client's host is called
/// @param tls whether the connection is encrypted
/// @param replication whether it is a physical walsender, which has no database
public record HbaRequest(
    ClientAddress address,
    ClientHost host,
    String user,
    String database,
    boolean tls,
    boolean replication) {
  /// The same, of a client whose host's name is known now.
  public HbaRequest with(ClientHost resolved) {
    return new HbaRequest(address, resolved, user, database, tls, replication);
  }
}
