package dev.lifeline.libpq.tls;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Base64;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/// What is known of an encrypted connection after its handshake.
///
/// @param protocol e.g. `TLSv1.3`
/// @param cipher as OpenSSL calls it
/// @param bits of the cipher's key
/// @param client the client's certificate, which a known authority has signed; null where it has
///   shown none
/// @param serverEndPoint the hash of the server's certificate that channel binding is about
///   (`tls-server-end-point`, RFC 5929), in Base64
public record TlsSession(
    String protocol, String cipher, int bits, @Nullable Client client, String serverEndPoint) {

  /// A client's certificate.
  ///
  /// @param dn the subject, as `pg_stat_ssl` has it
  /// @param rfc2253 the subject, as the log and user name maps have it
  /// @param commonName null where it has none
  /// @param issuerDn as `pg_stat_ssl` has it
  public record Client(
      String dn, String rfc2253, @Nullable String commonName, BigInteger serial, String issuerDn) {
    static Client of(X509Certificate certificate) {
      DistinguishedName subject = new DistinguishedName(certificate.getSubjectX500Principal());
      DistinguishedName issuer = new DistinguishedName(certificate.getIssuerX500Principal());
      return new Client(
          subject.slashes(),
          subject.rfc2253(),
          subject.commonName(),
          certificate.getSerialNumber(),
          issuer.slashes());
    }
  }

  /// Reads a session after its handshake.
  public static TlsSession of(SSLSession session) {
    String suite = session.getCipherSuite();
    return new TlsSession(
        session.getProtocol(),
        CipherSuite.openSslName(suite),
        CipherSuite.keyBits(suite),
        client(session),
        serverEndPoint(session.getLocalCertificates()));
  }

  private static @Nullable Client client(SSLSession session) {
    try {
      return session.getPeerCertificates()[0] instanceof X509Certificate certificate
          ? Client.of(certificate)
          : null;
    } catch (SSLPeerUnverifiedException e) {
      return null;
    }
  }

  /// The hash is that of the certificate's signature, but never a weaker one than SHA-256.
  private static String serverEndPoint(Certificate @Nullable [] chain) {
    if (chain == null || !(chain[0] instanceof X509Certificate own)) {
      throw new IllegalStateException("a TLS server has a certificate");
    }
    String signature = own.getSigAlgName();
    String hash = "SHA-256";
    for (String longer : new String[] {"384", "512"}) {
      if (signature.startsWith("SHA" + longer)) {
        hash = "SHA-" + longer;
      }
    }
    try {
      byte[] digest = MessageDigest.getInstance(hash).digest(own.getEncoded());
      return Base64.getEncoder().encodeToString(digest);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("cannot hash the server's own certificate", e);
    }
  }
}
