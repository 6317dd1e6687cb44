package dev.lifeline.libpq.tls;

import dev.lifeline.utils.guc.Guc;
import dev.lifeline.utils.guc.Gucs;
import dev.lifeline.utils.guc.ServerConfig;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// What the parameters say about TLS.
///
/// @param directory the data directory, which relative names start from
/// @param caFile null: clients are not asked for certificates
/// @param passphraseCommand empty for none
public record TlsSettings(
    Path directory,
    Path certFile,
    Path keyFile,
    @Nullable Path caFile,
    @Nullable Path crlFile,
    @Nullable Path crlDirectory,
    String minProtocol,
    String maxProtocol,
    String ciphers,
    boolean preferServerCiphers,
    String curve,
    String passphraseCommand,
    boolean passphraseSupportsReload) {

  /// Null where TLS is off.
  public static @Nullable TlsSettings of(ServerConfig config) {
    if (!config.get(Gucs.SSL)) {
      return null;
    }
    Path directory = Path.of(config.get(Gucs.DATA_DIRECTORY));
    return new TlsSettings(
        directory,
        directory.resolve(config.get(Gucs.SSL_CERT_FILE)),
        directory.resolve(config.get(Gucs.SSL_KEY_FILE)),
        optional(config, directory, Gucs.SSL_CA_FILE),
        optional(config, directory, Gucs.SSL_CRL_FILE),
        optional(config, directory, Gucs.SSL_CRL_DIR),
        config.get(Gucs.SSL_MIN_PROTOCOL_VERSION),
        config.get(Gucs.SSL_MAX_PROTOCOL_VERSION),
        config.get(Gucs.SSL_CIPHERS),
        config.get(Gucs.SSL_PREFER_SERVER_CIPHERS),
        config.get(Gucs.SSL_ECDH_CURVE),
        config.get(Gucs.SSL_PASSPHRASE_COMMAND),
        config.get(Gucs.SSL_PASSPHRASE_COMMAND_SUPPORTS_RELOAD));
  }

  private static @Nullable Path optional(ServerConfig config, Path directory, Guc<String> guc) {
    String name = config.get(guc);
    return name.isEmpty() ? null : directory.resolve(name);
  }

  /// A file as the messages name it: as the parameter does.
  String shown(Path file) {
    return file.startsWith(directory) ? directory.relativize(file).toString() : file.toString();
  }
}
