package dev.lifeline.libpq.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;

/// Who can read the server's private key can be the server: a key that others can read is refused,
/// as PostgreSQL does.
final class KeyFilePermissions {
  /// One's own file is nobody else's; root's may be read by a group.
  private static final Set<PosixFilePermission> OF_OTHERS =
      EnumSet.range(PosixFilePermission.GROUP_READ, PosixFilePermission.OTHERS_EXECUTE);

  private KeyFilePermissions() {}

  /// @param shown the file's name for messages
  static void check(Path file, String shown) {
    PosixFileAttributes attributes;
    try {
      attributes = Files.readAttributes(file, PosixFileAttributes.class, new LinkOption[0]);
    } catch (IOException e) {
      throw TlsContext.failure(
          "could not access private key file \"%s\": %s", shown, PemFile.reason(e));
    } catch (UnsupportedOperationException e) {
      // A file system without POSIX permissions has nothing to check.
      return;
    }
    if (!attributes.isRegularFile()) {
      throw TlsContext.failure("private key file \"%s\" is not a regular file", shown);
    }
    String owner = attributes.owner().getName();
    boolean own = owner.equals(System.getProperty("user.name"));
    boolean ofRoot = owner.equals("root");
    if (!own && !ofRoot) {
      throw TlsContext.failure(
          "private key file \"%s\" must be owned by the database user or root", shown);
    }
    Set<PosixFilePermission> forbidden = EnumSet.copyOf(OF_OTHERS);
    if (ofRoot) {
      forbidden.remove(PosixFilePermission.GROUP_READ);
    }
    forbidden.retainAll(attributes.permissions());
    if (!forbidden.isEmpty()) {
      throw TlsContext.failure("private key file \"%s\" has group or world access", shown)
          .detail(
              "File must have permissions u=rw (0600) or less if owned by the database user, or"
                  + " permissions u=rw,g=r (0640) or less if owned by root.");
    }
  }
}
