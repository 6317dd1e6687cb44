package dev.lifeline.events;

import org.jspecify.annotations.Nullable;

/// A client's way in and out. The subject is its backend.
public sealed interface ConnectionEvent extends LifecycleEvent {

  /// A client has connected; nothing is known of it but its address.
  ///
  /// @param clientAddr absent for a Unix socket
  /// @param clientPort absent for a Unix socket
  record Received(@Nullable String clientAddr, @Nullable Integer clientPort)
      implements ConnectionEvent {}

  /// Client and server have agreed on TLS. Nothing was authenticated yet, except by a certificate.
  ///
  /// @param clientCertificate whether the client has shown one that a known authority signed
  /// @param handshakeMs from the server's consent to the end of the handshake
  record Secured(String tlsVersion, String tlsCipher, boolean clientCertificate, double handshakeMs)
      implements ConnectionEvent {}

  /// The client proved who it is.
  ///
  /// @param identity the name that the client proved to own
  /// @param authMethod as in `pg_hba.conf`
  /// @param hbaLine the line of `pg_hba.conf` that decided
  record Authenticated(String identity, String authMethod, @Nullable Integer hbaLine)
      implements ConnectionEvent {}

  record Authorized(
      String usename,
      String datname,
      @Nullable String applicationName,
      @Nullable String tlsVersion,
      @Nullable String tlsCipher)
      implements ConnectionEvent {}

  record Rejected(
      @Nullable String clientAddr,
      @Nullable String usename,
      @Nullable String datname,
      String sqlstate,
      String reason)
      implements ConnectionEvent {}

  /// The session ended, by whichever side.
  ///
  /// @param sqlstate why the server ended it; absent when the client left
  record Closed(
      @Nullable String usename,
      @Nullable String datname,
      double sessionTimeMs,
      @Nullable String sqlstate,
      @Nullable String reason)
      implements ConnectionEvent {}
}
