package dev.lifeline.access.common;

import dev.lifeline.utils.adt.ByteWriter;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.Arrays;

/// A value of varying length as a tuple has it when it is too long to lie there as it is:
/// compressed, or a pointer to where its chunks are, or both. It stands in a column in the place of
/// the value until somebody needs that.
///
/// Its stored form, behind the length that every long value has:
///
/// ```
/// form        1 byte    see below
/// raw length  4 bytes   of the value's own stored form
/// then, where it is in the tuple:      the compressed bytes
/// else: stored length 4 bytes, value id 8 bytes, the toast table's oid 4 bytes
/// ```
public final class ToastedValue {
  /// In the tuple, compressed by [PgLz].
  static final int COMPRESSED = 1;

  /// Out of line, as it is.
  static final int EXTERNAL = 2;

  /// Out of line, compressed by [PgLz].
  static final int EXTERNAL_COMPRESSED = 3;

  /// What a pointer takes in a tuple, its length included.
  public static final int POINTER_SIZE = 4 + 1 + 4 + 4 + 8 + 4;

  private static final int BODY = 5;

  /// The stored form.
  private final byte[] bytes;

  ToastedValue(byte[] bytes) {
    this.bytes = bytes;
    boolean known =
        bytes.length >= BODY && bytes[0] >= COMPRESSED && bytes[0] <= EXTERNAL_COMPRESSED;
    if (!known || (isExternal() && bytes.length != POINTER_SIZE - 4)) {
      throw PgException.error(
          SqlState.DATA_CORRUPTED, "a toasted value of %d bytes has no known form", bytes.length);
    }
  }

  /// A value that stays in its tuple.
  public static ToastedValue compressed(byte[] compressed, int rawLength) {
    ByteWriter out = new ByteWriter(BODY + compressed.length);
    out.int8(COMPRESSED);
    out.int32(rawLength);
    out.bytes(compressed);
    return new ToastedValue(out.toBytes());
  }

  /// A pointer to the chunks of a value.
  ///
  /// @param storedLength of all chunks together; less than the raw length where they are compressed
  public static ToastedValue external(
      int rawLength, int storedLength, boolean compressed, long valueId, int toastRelation) {
    ByteWriter out = new ByteWriter(POINTER_SIZE);
    out.int8(compressed ? EXTERNAL_COMPRESSED : EXTERNAL);
    out.int32(rawLength);
    out.int32(storedLength);
    out.int64(valueId);
    out.int32(toastRelation);
    return new ToastedValue(out.toBytes());
  }

  public boolean isExternal() {
    return bytes[0] != COMPRESSED;
  }

  /// Whether what is stored has to be decompressed.
  public boolean isCompressed() {
    return bytes[0] != EXTERNAL;
  }

  /// Length of the value's own stored form.
  public int rawLength() {
    return intAt(1);
  }

  /// Length of what is stored of it, here or out of line.
  public int storedLength() {
    return isExternal() ? intAt(BODY) : bytes.length - BODY;
  }

  /// Of an external one.
  public long valueId() {
    return (long) intAt(BODY + 4) << 32 | (intAt(BODY + 8) & 0xFFFF_FFFFL);
  }

  /// Of an external one: the oid of the table with its chunks.
  public int toastRelation() {
    return intAt(BODY + 12);
  }

  private int intAt(int at) {
    return (bytes[at] & 0xFF) << 24
        | (bytes[at + 1] & 0xFF) << 16
        | (bytes[at + 2] & 0xFF) << 8
        | (bytes[at + 3] & 0xFF);
  }

  /// What is in the tuple of a compressed value.
  public byte[] compressedBytes() {
    return Arrays.copyOfRange(bytes, BODY, bytes.length);
  }

  /// The value's own stored form, of one that is in its tuple.
  public byte[] inlineValue() {
    return value(compressedBytes());
  }

  /// The value's own stored form.
  ///
  /// @param stored what its chunks have
  public byte[] value(byte[] stored) {
    return isCompressed() ? PgLz.decompress(stored, rawLength()) : stored;
  }

  /// The stored form, which a tuple has behind the length.
  byte[] bytes() {
    return bytes;
  }

  /// Bytes that it takes in a tuple.
  public int sizeInTuple() {
    return 4 + bytes.length;
  }

  /// Whether both lead to the same chunks.
  public boolean sameAs(ToastedValue other) {
    return Arrays.equals(bytes, other.bytes);
  }
}
