package dev.lifeline.libpq;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a rule of `pg_hba.conf` says behind its method.
///
/// @param map the map of `pg_ident.conf` that is used; null: names must be equal
public record HbaOptions(@Nullable String map, ClientCert clientCert, ClientName clientName) {
  static final HbaOptions NONE = new HbaOptions(null, ClientCert.OFF, ClientName.CN);

  /// What a client's certificate must be, beside what the method asks.
  public enum ClientCert {
    OFF("disabled"),
    /// Signed by a known authority.
    VERIFY_CA("verify-ca"),
    /// And issued to the user that connects.
    VERIFY_FULL("verify-full");

    private final String hbaName;

    ClientCert(String hbaName) {
      this.hbaName = hbaName;
    }
  }

  /// What of a certificate names the user.
  public enum ClientName {
    CN,
    DN
  }

  HbaOptions withMap(String name) {
    return new HbaOptions(name, clientCert, clientName);
  }

  HbaOptions with(ClientCert wanted) {
    return new HbaOptions(map, wanted, clientName);
  }

  HbaOptions with(ClientName wanted) {
    return new HbaOptions(map, clientCert, wanted);
  }

  /// As `pg_hba_file_rules.options` has them.
  public List<String> texts() {
    List<String> texts = new ArrayList<>();
    if (map != null) {
      texts.add("map=" + map);
    }
    if (clientCert != ClientCert.OFF) {
      texts.add("clientcert=" + clientCert.hbaName);
    }
    return texts;
  }
}
