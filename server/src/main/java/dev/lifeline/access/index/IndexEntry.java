package dev.lifeline.access.index;

import dev.lifeline.utils.adt.ByteWriter;

/// The bytes of an entry of an index that stores values beside its keys: the key, the values, and
/// in the last two bytes the length of the key.
///
/// No key is the beginning of another one, so the order of whole entries is that of their keys, and
/// two entries have the same key where they begin with the same key bytes.
public final class IndexEntry {
  /// Bytes of the length.
  private static final int TRAILER = 2;

  private IndexEntry() {}

  /// Ends an entry whose key and values were written.
  public static void end(ByteWriter out, int keyLength) {
    out.int16(keyLength);
  }

  public static int keyLength(byte[] entry) {
    return (entry[entry.length - 2] & 0xFF) << 8 | (entry[entry.length - 1] & 0xFF);
  }

  /// The length of the values.
  public static int storedLength(byte[] entry) {
    return entry.length - TRAILER - keyLength(entry);
  }
}
