package dev.lifeline.libpq.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CRL;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A PEM file (RFC 7468): certificates, revocation lists, keys, each between a line that says what
/// it is and one that says that it ends. Whatever stands around them is a comment.
final class PemFile {
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \\1-----", Pattern.DOTALL);

  private final List<Block> blocks = new ArrayList<>();

  /// @param type e.g. `CERTIFICATE`
  /// @param text what stands between, headers and Base64
  record Block(String type, String text) {
    /// @throws GeneralSecurityException where it is no Base64
    byte[] der() throws GeneralSecurityException {
      String body = text.contains(":") ? text.substring(text.indexOf("\n\n") + 1) : text;
      try {
        return Base64.getMimeDecoder().decode(body);
      } catch (IllegalArgumentException e) {
        throw new GeneralSecurityException("bad base64 decode", e);
      }
    }
  }

  private PemFile() {}

  /// @throws GeneralSecurityException with the reason as PostgreSQL's message ends
  static PemFile read(Path file) throws GeneralSecurityException {
    PemFile pem = new PemFile();
    try {
      Matcher matcher =
          BLOCK.matcher(Files.readString(file, StandardCharsets.ISO_8859_1).replace("\r", ""));
      while (matcher.find()) {
        pem.blocks.add(new Block(matcher.group(1), matcher.group(2)));
      }
      return pem;
    } catch (IOException e) {
      throw new GeneralSecurityException(reason(e), e);
    }
  }

  static String reason(IOException e) {
    return switch (e) {
      case NoSuchFileException missing -> "No such file or directory";
      case AccessDeniedException denied -> "Permission denied";
      default -> String.valueOf(e.getMessage());
    };
  }

  List<Block> blocks() {
    return List.copyOf(blocks);
  }

  /// All certificates, in their order.
  List<X509Certificate> certificates() throws GeneralSecurityException {
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    List<X509Certificate> certificates = new ArrayList<>();
    for (Block block : blocks) {
      if (block.type.equals("CERTIFICATE") || block.type.equals("X509 CERTIFICATE")) {
        certificates.add(
            (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(block.der())));
      }
    }
    if (certificates.isEmpty()) {
      throw new CertificateException("no start line");
    }
    return certificates;
  }

  /// All revocation lists.
  List<CRL> revocationLists() throws GeneralSecurityException {
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    List<CRL> lists = new ArrayList<>();
    for (Block block : blocks) {
      if (block.type.equals("X509 CRL")) {
        lists.add(factory.generateCRL(new ByteArrayInputStream(block.der())));
      }
    }
    return lists;
  }
}
