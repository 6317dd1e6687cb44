package dev.lifeline.utils.adt;

import dev.lifeline.utils.fmgr.FnTable;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// Digests: `md5`, `sha224` ... `sha512`.
final class StringHashFunctions {
  private StringHashFunctions() {}

  static void register(FnTable t) {
    t.o1("md5_text", (Text a) -> hex(digest("MD5", a.bytes())));
    t.o1("md5_bytea", (Bytea a) -> hex(digest("MD5", a.bytes())));
    for (String bits : new String[] {"224", "256", "384", "512"}) {
      t.o1("sha" + bits + "_bytea", (Bytea a) -> Bytea.wrap(digest("SHA-" + bits, a.bytes())));
    }
  }

  private static Text hex(byte[] bytes) {
    ByteWriter out = new ByteWriter(bytes.length * 2);
    ByteaOps.hex(bytes, out);
    return Text.wrap(out.toBytes());
  }

  private static byte[] digest(String algorithm, byte[] bytes) {
    try {
      return MessageDigest.getInstance(algorithm).digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
