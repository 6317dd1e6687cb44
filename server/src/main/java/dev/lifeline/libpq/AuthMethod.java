package dev.lifeline.libpq;

import org.jspecify.annotations.Nullable;

/// How a client proves who it is, as `pg_hba.conf` names it.
public enum AuthMethod {
  REJECT("reject"),
  TRUST("trust"),
  PASSWORD("password"),
  /// A role's password is stored as a SCRAM verifier only, so this is SCRAM, as in PostgreSQL for
  /// such a role.
  MD5("md5"),
  SCRAM_SHA_256("scram-sha-256");

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
