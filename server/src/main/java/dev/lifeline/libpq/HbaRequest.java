package dev.lifeline.libpq;

/// Who wants to connect, from where, to what.
///
/// @param tls whether the connection is encrypted
/// @param replication whether it is a physical walsender, which has no database
public record HbaRequest(
    ClientAddress address, String user, String database, boolean tls, boolean replication) {}
