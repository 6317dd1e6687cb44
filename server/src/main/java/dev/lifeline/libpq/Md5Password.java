package dev.lifeline.libpq;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.regex.Pattern;

/// The older way to keep and to prove a password: `md5`, then the MD5 hash of password and role
/// name. What is stored is as good as the password to whoever reads it; it is here for clusters
/// that come with it.
public final class Md5Password {
  public static final int SALT_BYTES = 4;
  private static final String PREFIX = "md5";
  private static final Pattern STORED = Pattern.compile("md5[0-9a-f]{32}");

  private Md5Password() {}

  /// Whether `pg_authid.rolpassword` is in this form.
  public static boolean isStored(String text) {
    return STORED.matcher(text).matches();
  }

  /// What is stored of a password. The role's name is the salt, so renaming a role makes its
  /// password useless.
  public static String stored(String password, String role) {
    return hash(password, role.getBytes(StandardCharsets.UTF_8));
  }

  /// What a client answers that is asked with this salt.
  public static String answer(String stored, byte[] salt) {
    return hash(stored.substring(PREFIX.length()), salt);
  }

  /// Compares in a time that says nothing about the difference.
  public static boolean equal(String one, String other) {
    return MessageDigest.isEqual(
        one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
  }

  private static String hash(String text, byte[] salt) {
    try {
      MessageDigest md5 = MessageDigest.getInstance("MD5");
      md5.update(text.getBytes(StandardCharsets.UTF_8));
      return PREFIX + HexFormat.of().formatHex(md5.digest(salt));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java runtime has MD5", e);
    }
  }
}
