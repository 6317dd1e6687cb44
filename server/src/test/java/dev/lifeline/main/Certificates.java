package dev.lifeline.main;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/// Keys and certificates for a test, made by OpenSSL in a directory of its own.
final class Certificates {
  private final Path directory;

  /// With an authority, `ca.crt`.
  Certificates(Path directory) throws Exception {
    this.directory = Files.createDirectories(directory);
    openssl(
        "req",
        "-new",
        "-x509",
        "-days",
        "10",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-subj",
        "/CN=test authority",
        "-addext",
        "keyUsage=critical,keyCertSign,cRLSign",
        "-out",
        "ca.crt",
        "-keyout",
        "ca.key");
    Files.writeString(directory.resolve("ca.index"), "");
    Files.writeString(
        directory.resolve("ca.conf"),
        """
        [ca]
        default_ca = own
        [own]
        database = ca.index
        certificate = ca.crt
        private_key = ca.key
        default_md = sha256
        default_crl_days = 10
        """);
  }

  Path file(String name) {
    return directory.resolve(name);
  }

  /// Makes `<name>.key` and `<name>.crt`, signed by the authority.
  ///
  /// @param keys what `openssl req -newkey` takes, e.g. `rsa:2048`
  void issue(String name, String subject, String keys, String... more) throws Exception {
    List<String> request =
        new ArrayList<>(
            List.of(
                "req",
                "-new",
                "-newkey",
                keys,
                "-nodes",
                "-subj",
                subject,
                "-keyout",
                name + ".key",
                "-out",
                name + ".csr"));
    request.addAll(List.of(more));
    openssl(request.toArray(String[]::new));
    openssl(
        "x509",
        "-req",
        "-in",
        name + ".csr",
        "-CA",
        "ca.crt",
        "-CAkey",
        "ca.key",
        "-CAcreateserial",
        "-days",
        "10",
        "-out",
        name + ".crt");
    protect(name + ".key");
  }

  /// Makes `<name>.key` and `<name>.crt`, which nobody else has signed.
  void selfSigned(String name, String subject) throws Exception {
    openssl(
        "req",
        "-new",
        "-x509",
        "-days",
        "10",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-subj",
        subject,
        "-out",
        name + ".crt",
        "-keyout",
        name + ".key");
    protect(name + ".key");
  }

  /// Makes `revoked.crl`, which says that this certificate is not good any more.
  void revoke(String name) throws Exception {
    openssl("ca", "-config", "ca.conf", "-revoke", name + ".crt");
    openssl("ca", "-config", "ca.conf", "-gencrl", "-out", "revoked.crl");
  }

  /// Makes a directory of revoked certificates, whose files are named by a hash of who issued them.
  Path revocationDirectory(Path parent) throws Exception {
    Path made = Files.createDirectories(parent.resolve("crls"));
    String hash = openssl("crl", "-hash", "-noout", "-in", "revoked.crl").strip();
    Files.copy(file("revoked.crl"), made.resolve(hash + ".r0"));
    return made;
  }

  private void protect(String name) throws IOException {
    Files.setPosixFilePermissions(file(name), PosixFilePermissions.fromString("rw-------"));
  }

  String openssl(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("openssl"));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IllegalStateException(command + ": " + said);
    }
    return said;
  }
}
