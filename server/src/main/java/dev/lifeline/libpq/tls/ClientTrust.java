package dev.lifeline.libpq.tls;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CRL;
import java.security.cert.CertStore;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/// Whose signature makes a client's certificate a good one (`ssl_ca_file`), and which of those have
/// been revoked (`ssl_crl_file`, `ssl_crl_dir`).
final class ClientTrust {
  private final TrustManager[] managers;

  private ClientTrust(TrustManager[] managers) {
    this.managers = managers;
  }

  TrustManager[] managers() {
    return managers.clone();
  }

  /// Null where clients are not asked for certificates.
  static @Nullable ClientTrust load(TlsSettings settings) {
    Path caFile = settings.caFile();
    if (caFile == null) {
      return null;
    }
    Set<TrustAnchor> anchors = new HashSet<>();
    try {
      for (X509Certificate authority : PemFile.read(caFile).certificates()) {
        anchors.add(new TrustAnchor(authority, null));
      }
    } catch (GeneralSecurityException e) {
      throw TlsContext.failure(
          "could not load root certificate file \"%s\": %s",
          settings.shown(caFile), TlsContext.reason(e));
    }
    List<CRL> revoked = revocationLists(settings);
    try {
      PKIXBuilderParameters parameters = new PKIXBuilderParameters(anchors, new X509CertSelector());
      boolean check = settings.crlFile() != null || settings.crlDirectory() != null;
      parameters.setRevocationEnabled(check);
      if (check) {
        parameters.addCertStore(
            CertStore.getInstance("Collection", new CollectionCertStoreParameters(revoked)));
      }
      TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
      factory.init(new CertPathTrustManagerParameters(parameters));
      return new ClientTrust(factory.getTrustManagers());
    } catch (GeneralSecurityException e) {
      throw TlsContext.failure(
          "could not load root certificate file \"%s\": %s",
          settings.shown(caFile), TlsContext.reason(e));
    }
  }

  private static List<CRL> revocationLists(TlsSettings settings) {
    List<CRL> lists = new ArrayList<>();
    Path file = settings.crlFile();
    Path directory = settings.crlDirectory();
    try {
      if (file != null) {
        List<CRL> read = PemFile.read(file).revocationLists();
        if (read.isEmpty()) {
          throw new GeneralSecurityException("no certificate or crl found");
        }
        lists.addAll(read);
      }
    } catch (GeneralSecurityException e) {
      throw TlsContext.failure(
          "could not load SSL certificate revocation list file \"%s\": %s",
          settings.shown(file == null ? settings.directory() : file), TlsContext.reason(e));
    }
    if (directory != null) {
      lists.addAll(ofDirectory(settings, directory));
    }
    return lists;
  }

  private static List<CRL> ofDirectory(TlsSettings settings, Path directory) {
    List<CRL> lists = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        if (Files.isRegularFile(file)) {
          lists.addAll(PemFile.read(file).revocationLists());
        }
      }
      return lists;
    } catch (IOException e) {
      throw unreadable(settings, directory, PemFile.reason(e));
    } catch (GeneralSecurityException e) {
      throw unreadable(settings, directory, TlsContext.reason(e));
    }
  }

  private static RuntimeException unreadable(TlsSettings settings, Path directory, String reason) {
    return TlsContext.failure(
        "could not load SSL certificate revocation list directory \"%s\": %s",
        settings.shown(directory), reason);
  }
}
