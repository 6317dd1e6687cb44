package dev.lifeline.libpq.tls;

import java.util.List;
import java.util.Map;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/// The subject or issuer of a certificate, in the spellings of PostgreSQL.
final class DistinguishedName {
  /// What the JDK's RFC 2253 form leaves as a number.
  private static final Map<String, String> NAMES =
      Map.of(
          "1.2.840.113549.1.9.1", "emailAddress",
          "2.5.4.5", "serialNumber",
          "2.5.4.4", "SN",
          "2.5.4.42", "GN",
          "2.5.4.12", "title",
          "2.5.4.13", "description");

  private final String rfc2253;

  /// From the most significant part to the least: the country before the common name.
  private final List<Rdn> parts;

  DistinguishedName(X500Principal principal) {
    this.rfc2253 = principal.getName(X500Principal.RFC2253, NAMES);
    try {
      this.parts = new LdapName(rfc2253).getRdns();
    } catch (InvalidNameException e) {
      throw new IllegalStateException("the JDK does not read its own form: " + rfc2253, e);
    }
  }

  /// The least significant part first, joined by commas.
  String rfc2253() {
    return rfc2253;
  }

  /// The most significant part first, each behind a slash.
  String slashes() {
    StringBuilder text = new StringBuilder();
    for (Rdn part : parts) {
      text.append('/').append(part.getType()).append('=').append(text(part));
    }
    return text.toString();
  }

  /// The last common name, as OpenSSL finds the first of the encoded order.
  @Nullable String commonName() {
    for (Rdn part : parts) {
      if (part.getType().equalsIgnoreCase("CN")) {
        return text(part);
      }
    }
    return null;
  }

  private static String text(Rdn part) {
    return String.valueOf(part.getValue());
  }
}
