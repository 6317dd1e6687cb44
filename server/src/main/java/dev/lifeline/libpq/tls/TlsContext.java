package dev.lifeline.libpq.tls;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/// The server's side of TLS as the parameters and files were when it was made; a reload makes a new
/// one, for the connections that come. Immutable; makes engines on any thread.
public final class TlsContext {
  private static final List<String> PROTOCOLS = List.of("TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3");

  /// OpenSSL's names of curves, as far as the JDK has them.
  private static final Map<String, String> CURVES =
      Map.of(
          "prime256v1", "secp256r1",
          "secp256r1", "secp256r1",
          "secp384r1", "secp384r1",
          "secp521r1", "secp521r1",
          "X25519", "x25519",
          "X448", "x448");

  /// What the JDK says of a file whose PEM lines are right and whose content is not.
  private static final List<String> MALFORMED =
      List.of("Could not parse", "Unable to initialize", "DerInputStream");

  private final SSLContext context;
  private final SSLParameters parameters;
  private final String protocolRange;

  private TlsContext(SSLContext context, SSLParameters parameters, String protocolRange) {
    this.context = context;
    this.parameters = parameters;
    this.protocolRange = protocolRange;
  }

  /// Reads the files. Blocks.
  ///
  /// @param reload whether the server runs already: then nobody is there to tell a passphrase
  /// @throws PgException FATAL, with what is wrong in PostgreSQL's words
  public static TlsContext load(TlsSettings settings, boolean reload) {
    List<X509Certificate> chain = serverCertificates(settings);
    KeyFilePermissions.check(settings.keyFile(), settings.shown(settings.keyFile()));
    PrivateKey key = privateKey(settings, chain.getFirst(), reload);
    List<String> protocols = protocols(settings);
    ClientTrust trust = ClientTrust.load(settings);
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          keyManagers(key, chain), trust == null ? new TrustManager[0] : trust.managers(), null);
      // Sessions are not resumed: each connection shows its own certificate.
      context.getServerSessionContext().setSessionCacheSize(1);
      context.getServerSessionContext().setSessionTimeout(1);
      SSLParameters parameters = context.getDefaultSSLParameters();
      parameters.setProtocols(protocols.toArray(String[]::new));
      parameters.setCipherSuites(ciphers(settings, context));
      parameters.setUseCipherSuitesOrder(settings.preferServerCiphers());
      parameters.setNamedGroups(new String[] {curve(settings)});
      parameters.setWantClientAuth(trust != null);
      return new TlsContext(
          context, parameters, protocols.getFirst() + " and " + protocols.getLast());
    } catch (GeneralSecurityException | IOException e) {
      throw failure("could not create SSL context: %s", String.valueOf(e.getMessage()));
    }
  }

  /// For one connection.
  public SSLEngine engine() {
    SSLEngine engine = context.createSSLEngine();
    engine.setUseClientMode(false);
    engine.setSSLParameters(parameters);
    return engine;
  }

  /// Whether clients are asked for certificates, because there is somebody to trust.
  public boolean verifiesClients() {
    return parameters.getWantClientAuth();
  }

  /// e.g. `TLSv1.2 and TLSv1.3`.
  public String protocolRange() {
    return protocolRange;
  }

  private static List<X509Certificate> serverCertificates(TlsSettings settings) {
    try {
      return PemFile.read(settings.certFile()).certificates();
    } catch (GeneralSecurityException e) {
      throw failure(
          "could not load server certificate file \"%s\": %s",
          settings.shown(settings.certFile()), reason(e));
    }
  }

  private static PrivateKey privateKey(
      TlsSettings settings, X509Certificate certificate, boolean reload) {
    String shown = settings.shown(settings.keyFile());
    try {
      PemFile file = PemFile.read(settings.keyFile());
      if (reload && PrivateKeys.encrypted(file) && !settings.passphraseSupportsReload()) {
        throw failure(
            "private key file \"%s\" cannot be reloaded because it requires a passphrase", shown);
      }
      PrivateKey key = PrivateKeys.read(file, () -> PassphraseCommand.ask(settings));
      if (!belongTogether(key, certificate)) {
        throw failure("could not load private key file \"%s\": %s", shown, "key values mismatch");
      }
      return key;
    } catch (GeneralSecurityException e) {
      throw failure("could not load private key file \"%s\": %s", shown, reason(e));
    }
  }

  /// Something that the key has signed is checked with the certificate.
  private static boolean belongTogether(PrivateKey key, X509Certificate certificate) {
    String algorithm =
        switch (key.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> key.getAlgorithm();
        };
    try {
      byte[] text = {1, 2, 3};
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(key);
      signature.update(text);
      byte[] signed = signature.sign();
      signature.initVerify(certificate.getPublicKey());
      signature.update(text);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static KeyManager[] keyManagers(PrivateKey key, List<X509Certificate> chain)
      throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    char[] none = {};
    store.setKeyEntry("server", key, none, chain.toArray(X509Certificate[]::new));
    KeyManagerFactory factory = KeyManagerFactory.getInstance("SunX509");
    factory.init(store, none);
    return factory.getKeyManagers();
  }

  private static List<String> protocols(TlsSettings settings) {
    int min = protocol("ssl_min_protocol_version", settings.minProtocol());
    int max =
        settings.maxProtocol().isEmpty()
            ? PROTOCOLS.size() - 1
            : protocol("ssl_max_protocol_version", settings.maxProtocol());
    if (min > max) {
      throw failure("could not set SSL protocol version range")
          .detail(
              "\"%s\" cannot be higher than \"%s\"",
              "ssl_min_protocol_version", "ssl_max_protocol_version");
    }
    return PROTOCOLS.subList(min, max + 1);
  }

  /// The JDK does not speak the older ones any more.
  private static int protocol(String parameter, String name) {
    int index = PROTOCOLS.indexOf(name);
    if (index < PROTOCOLS.indexOf("TLSv1.2")) {
      throw failure("\"%s\" setting \"%s\" not supported by this build", parameter, name);
    }
    return index;
  }

  private static String[] ciphers(TlsSettings settings, SSLContext context) {
    CipherList list =
        new CipherList(Arrays.asList(context.getSupportedSSLParameters().getCipherSuites()));
    if (!list.valid(settings.ciphers())) {
      throw failure("could not set the cipher list (no valid ciphers available)");
    }
    return list.select(settings.ciphers()).toArray(String[]::new);
  }

  private static String curve(TlsSettings settings) {
    String curve = CURVES.get(settings.curve());
    if (curve == null) {
      throw failure("ECDH: unrecognized curve name: %s", settings.curve());
    }
    return curve;
  }

  static PgException failure(String format, @Nullable Object... arguments) {
    return PgException.fatal(SqlState.CONFIG_FILE_ERROR, format, arguments);
  }

  /// OpenSSL's reasons are not the JDK's; the most frequent ones are translated.
  static String reason(GeneralSecurityException e) {
    String message = String.valueOf(e.getMessage());
    return MALFORMED.stream().anyMatch(message::contains) ? "bad object header" : message;
  }
}
