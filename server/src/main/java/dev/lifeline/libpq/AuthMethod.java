package dev.lifeline.libpq;

import org.jspecify.annotations.Nullable;

/// How a client proves who it is, as `pg_hba.conf` names it.
public enum AuthMethod {
  REJECT("reject"),
  TRUST("trust"),
  PASSWORD("password"),
  /// MD5 for a role whose password is stored as an MD5 hash, SCRAM for any other.
  MD5("md5"),
  SCRAM_SHA_256("scram-sha-256"),
  /// The operating system says whose process is at the other end of the Unix-domain socket.
  PEER("peer"),
  /// The client's TLS certificate.
  CERT("cert");

  private final String hbaName;

  AuthMethod(String hbaName) {
    this.hbaName = hbaName;
  }

  /// Also what `connection authenticated` in the log calls it.
  public String hbaName() {
    return hbaName;
  }

  static @Nullable AuthMethod byName(String name) {
    for (AuthMethod method : values()) {
      if (method.hbaName.equals(name)) {
        return method;
      }
    }
    return null;
  }
}
