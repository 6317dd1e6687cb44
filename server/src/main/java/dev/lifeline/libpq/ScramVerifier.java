package dev.lifeline.libpq;

import com.ongres.saslprep.SASLprep;
import com.ongres.stringprep.Profile;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.random.RandomGenerator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/// What the server keeps of a password (`pg_authid.rolpassword`), in PostgreSQL's form:
///
/// ```text
/// SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>
/// ```
///
/// It proves that a client knows the password, and does not help to log in as that client. The keys
/// are those of RFC 5802 with SHA-256 (RFC 7677). Immutable.
public final class ScramVerifier {
  /// PostgreSQL's SCRAM_SHA_256_DEFAULT_ITERATIONS, which RFC 7677 asks for at least.
  public static final int ITERATIONS = 4096;

  static final int KEY_BYTES = 32;
  private static final int SALT_BYTES = 16;
  private static final String MECHANISM = "SCRAM-SHA-256";
  private static final String MAC = "HmacSHA256";
  private static final Profile SASL_PREP = new SASLprep();

  private final int iterations;
  private final byte[] salt;
  private final byte[] storedKey;
  private final byte[] serverKey;

  ScramVerifier(int iterations, byte[] salt, byte[] storedKey, byte[] serverKey) {
    this.iterations = iterations;
    this.salt = salt.clone();
    this.storedKey = storedKey.clone();
    this.serverKey = serverKey.clone();
  }

  /// Makes the verifier of a password, for CREATE ROLE. Takes a few milliseconds, on purpose.
  public static ScramVerifier of(String password, RandomGenerator random) {
    byte[] salt = new byte[SALT_BYTES];
    random.nextBytes(salt);
    return of(password, salt, ITERATIONS);
  }

  static ScramVerifier of(String password, byte[] salt, int iterations) {
    byte[] salted = saltedPassword(password, salt, iterations);
    return new ScramVerifier(
        iterations, salt, sha256(hmac(salted, "Client Key")), hmac(salted, "Server Key"));
  }

  /// Reads the stored form; null where it is none (a plain text, an MD5 hash).
  public static @Nullable ScramVerifier parse(String stored) {
    String[] parts = stored.split("[$:]", -1);
    if (parts.length != 5 || !parts[0].equals(MECHANISM)) {
      return null;
    }
    try {
      Base64.Decoder base64 = Base64.getDecoder();
      int iterations = Integer.parseInt(parts[1]);
      byte[] salt = base64.decode(parts[2]);
      byte[] storedKey = base64.decode(parts[3]);
      byte[] serverKey = base64.decode(parts[4]);
      boolean whole =
          iterations > 0 && storedKey.length == KEY_BYTES && serverKey.length == KEY_BYTES;
      return whole ? new ScramVerifier(iterations, salt, storedKey, serverKey) : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /// The stored form.
  public String stored() {
    Base64.Encoder base64 = Base64.getEncoder();
    return MECHANISM
        + "$"
        + iterations
        + ":"
        + base64.encodeToString(salt)
        + "$"
        + base64.encodeToString(storedKey)
        + ":"
        + base64.encodeToString(serverKey);
  }

  /// Whether this is the password, as the method `password` sends it.
  public boolean matches(String password) {
    byte[] salted = saltedPassword(password, salt, iterations);
    return MessageDigest.isEqual(hmac(salted, "Server Key"), serverKey);
  }

  int iterations() {
    return iterations;
  }

  /// What a client makes of its password for one exchange.
  public static final class ClientKeys {
    private final byte[] clientKey;
    private final byte[] serverKey;

    private ClientKeys(byte[] clientKey, byte[] serverKey) {
      this.clientKey = clientKey;
      this.serverKey = serverKey;
    }

    /// Shows that the client knows the password.
    public byte[] proof(byte[] authMessage) {
      byte[] proof = hmac(sha256(clientKey), authMessage);
      for (int i = 0; i < KEY_BYTES; i++) {
        proof[i] ^= clientKey[i];
      }
      return proof;
    }

    /// What a server answers that knows the verifier.
    public byte[] serverSignature(byte[] authMessage) {
      return hmac(serverKey, authMessage);
    }
  }

  /// The keys of a client. Takes a few milliseconds, on purpose.
  public static ClientKeys clientKeys(String password, byte[] salt, int iterations) {
    byte[] salted = saltedPassword(password, salt, iterations);
    return new ClientKeys(hmac(salted, "Client Key"), hmac(salted, "Server Key"));
  }

  String saltBase64() {
    return Base64.getEncoder().encodeToString(salt);
  }

  /// Whether the proof shows that its sender knows the password. Always takes the same time.
  boolean verify(byte[] proof, byte[] authMessage) {
    byte[] clientKey = hmac(storedKey, authMessage);
    for (int i = 0; i < KEY_BYTES; i++) {
      clientKey[i] ^= proof[i];
    }
    return MessageDigest.isEqual(sha256(clientKey), storedKey);
  }

  byte[] serverSignature(byte[] authMessage) {
    return hmac(serverKey, authMessage);
  }

  private static byte[] saltedPassword(String password, byte[] salt, int iterations) {
    try {
      Mac mac = Mac.getInstance(MAC);
      byte[] key = prepare(password).getBytes(StandardCharsets.UTF_8);
      // The JDK's key specification refuses an empty key; HMAC pads a key with zeros anyway.
      mac.init(new SecretKeySpec(key.length == 0 ? new byte[1] : key, MAC));
      mac.update(salt);
      byte[] block = mac.doFinal(new byte[] {0, 0, 0, 1});
      byte[] result = block.clone();
      for (int i = 1; i < iterations; i++) {
        block = mac.doFinal(block);
        for (int j = 0; j < result.length; j++) {
          result[j] ^= block[j];
        }
      }
      return result;
    } catch (GeneralSecurityException e) {
      throw missing(e);
    }
  }

  /// SASLprep (RFC 4013); a password that it forbids is used as it is, as PostgreSQL does it.
  private static String prepare(String password) {
    try {
      return SASL_PREP.prepareStored(password);
    } catch (IllegalArgumentException e) {
      return password;
    }
  }

  private static byte[] hmac(byte[] key, String text) {
    return hmac(key, text.getBytes(StandardCharsets.US_ASCII));
  }

  static byte[] hmac(byte[] key, byte[] text) {
    try {
      Mac mac = Mac.getInstance(MAC);
      mac.init(new SecretKeySpec(key, MAC));
      return mac.doFinal(text);
    } catch (GeneralSecurityException e) {
      throw missing(e);
    }
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (GeneralSecurityException e) {
      throw missing(e);
    }
  }

  private static IllegalStateException missing(GeneralSecurityException e) {
    return new IllegalStateException("every Java runtime has SHA-256", e);
  }

  /// The verifier that an unknown role seems to have: always the same salt for the same name, so
  /// that a stranger cannot tell whether a role exists.
  static ScramVerifier mock(String user, byte[] mockNonce) {
    byte[] salt = Arrays.copyOf(hmac(mockNonce, user.getBytes(StandardCharsets.UTF_8)), SALT_BYTES);
    return new ScramVerifier(ITERATIONS, salt, new byte[KEY_BYTES], new byte[KEY_BYTES]);
  }
}
