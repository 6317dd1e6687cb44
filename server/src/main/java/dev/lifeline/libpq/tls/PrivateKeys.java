package dev.lifeline.libpq.tls;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.function.Supplier;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/// Reads a private key in the forms that OpenSSL writes: PKCS#8, plain or encrypted, and the older
/// ones of RSA (PKCS#1) and of elliptic curves (SEC 1), which the JDK wants wrapped into PKCS#8.
final class PrivateKeys {
  private static final byte[] RSA_ALGORITHM = {
    0x30,
    0x0d,
    0x06,
    0x09,
    0x2a,
    (byte) 0x86,
    0x48,
    (byte) 0x86,
    (byte) 0xf7,
    0x0d,
    0x01,
    0x01,
    0x01,
    0x05,
    0x00
  };
  private static final byte[] EC_ALGORITHM = {
    0x06, 0x07, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 0x02, 0x01
  };
  private static final byte[] VERSION_0 = {0x02, 0x01, 0x00};
  private static final int SEQUENCE = 0x30;
  private static final int OCTET_STRING = 0x04;

  /// `[0]`: the parameters of an elliptic curve's key.
  private static final int PARAMETERS = 0xa0;

  private PrivateKeys() {}

  static boolean encrypted(PemFile file) {
    return file.blocks().stream()
        .anyMatch(block ->
            block.type().equals("ENCRYPTED PRIVATE KEY") || block.text().contains("ENCRYPTED"));
  }

  /// The first key of a file.
  ///
  /// @param passphrase asked where the key is encrypted
  static PrivateKey read(PemFile file, Supplier<char[]> passphrase)
      throws GeneralSecurityException {
    for (PemFile.Block block : file.blocks()) {
      if (block.text().contains("Proc-Type:")) {
        throw new InvalidKeyException(
            "the old form of encrypted keys is not supported, convert it with \"openssl pkcs8\"");
      }
      switch (block.type()) {
        case "PRIVATE KEY" -> {
          return key(block.der());
        }
        case "ENCRYPTED PRIVATE KEY" -> {
          return decrypt(block.der(), passphrase.get());
        }
        case "RSA PRIVATE KEY" -> {
          return key(pkcs8(RSA_ALGORITHM, block.der()));
        }
        case "EC PRIVATE KEY" -> {
          byte[] curve = curve(block.der());
          return key(pkcs8(element(SEQUENCE, EC_ALGORITHM, curve), block.der()));
        }
        default -> {}
      }
    }
    throw new InvalidKeyException("no start line");
  }

  private static PrivateKey key(byte[] pkcs8) throws GeneralSecurityException {
    for (String algorithm : new String[] {"RSA", "EC", "RSASSA-PSS", "EdDSA"}) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
      } catch (GeneralSecurityException e) {
        // It is a key of another algorithm.
      }
    }
    throw new InvalidKeyException("unsupported algorithm");
  }

  private static PrivateKey decrypt(byte[] der, char[] passphrase) throws GeneralSecurityException {
    try {
      EncryptedPrivateKeyInfo info = new EncryptedPrivateKeyInfo(der);
      AlgorithmParameters parameters = info.getAlgParameters();
      // The name of PBES2 says nothing of its parts; its parameters print them.
      String name = info.getAlgName();
      String algorithm =
          name.equals("PBES2") || name.equals("1.2.840.113549.1.5.13")
              ? String.valueOf(parameters)
              : name;
      Cipher cipher = Cipher.getInstance(algorithm);
      cipher.init(
          Cipher.DECRYPT_MODE,
          SecretKeyFactory.getInstance(algorithm).generateSecret(new PBEKeySpec(passphrase)),
          parameters);
      return key(info.getKeySpec(cipher).getEncoded());
    } catch (IOException e) {
      throw new InvalidKeyException("asn1 encoding routines", e);
    } catch (GeneralSecurityException e) {
      throw new InvalidKeyException("bad decrypt", e);
    } finally {
      Arrays.fill(passphrase, ' ');
    }
  }

  private static byte[] pkcs8(byte[] algorithm, byte[] key) {
    return element(SEQUENCE, VERSION_0, algorithm, element(OCTET_STRING, key));
  }

  /// The curve's name, which SEC 1 keeps inside of the key: version, key, parameters.
  private static byte[] curve(byte[] sec1) throws InvalidKeyException {
    int at = content(sec1, 0);
    while (at < sec1.length) {
      int start = content(sec1, at);
      int end = start + length(sec1, at);
      if ((sec1[at] & 0xff) == PARAMETERS) {
        return Arrays.copyOfRange(sec1, start, end);
      }
      at = end;
    }
    throw new InvalidKeyException("the key does not name its curve");
  }

  /// Where the content of the element begins.
  private static int content(byte[] der, int at) throws InvalidKeyException {
    if (at + 1 >= der.length) {
      throw new InvalidKeyException("asn1 encoding routines");
    }
    int first = der[at + 1] & 0xff;
    return at + 2 + (first < 0x80 ? 0 : first & 0x7f);
  }

  private static int length(byte[] der, int at) throws InvalidKeyException {
    int first = der[at + 1] & 0xff;
    if (first < 0x80) {
      return first;
    }
    int length = 0;
    for (int i = at + 2; i < content(der, at) && i < der.length; i++) {
      length = length << 8 | (der[i] & 0xff);
    }
    if (length < 0 || length > der.length) {
      throw new InvalidKeyException("asn1 encoding routines");
    }
    return length;
  }

  private static byte[] element(int tag, byte[]... contents) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (byte[] content : contents) {
      body.writeBytes(content);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    int length = body.size();
    if (length < 0x80) {
      out.write(length);
    } else if (length < 0x100) {
      out.write(0x81);
      out.write(length);
    } else {
      out.write(0x82);
      out.write(length >> 8);
      out.write(length);
    }
    out.writeBytes(body.toByteArray());
    return out.toByteArray();
  }
}
