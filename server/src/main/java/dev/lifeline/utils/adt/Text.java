package dev.lifeline.utils.adt;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A character string as PostgreSQL holds it: UTF-8 bytes. The Java string is made when it is first
/// asked for. Orders bytewise, which is collation C.
public final class Text implements Comparable<Text> {
  public static final Text EMPTY = new Text(new byte[0]);

  private final byte[] utf8;
  private int hash;
  private @Nullable String string;

  private Text(byte[] utf8) {
    this.utf8 = utf8;
  }

  public static Text of(String string) {
    Text text = new Text(string.getBytes(StandardCharsets.UTF_8));
    text.string = string;
    return text;
  }

  /// Takes the array over: whoever wraps it must not change it any more.
  public static Text wrap(byte[] utf8) {
    return utf8.length == 0 ? EMPTY : new Text(utf8);
  }

  public static Text copy(byte[] utf8, int offset, int length) {
    return wrap(Arrays.copyOfRange(utf8, offset, offset + length));
  }

  /// The bytes themselves, not a copy; not to be changed.
  public byte[] bytes() {
    return utf8;
  }

  /// Length in bytes.
  public int byteLength() {
    return utf8.length;
  }

  /// Length in characters (code points).
  public int charLength() {
    int count = 0;
    for (byte b : utf8) {
      // Every byte but a continuation byte begins a character.
      if ((b & 0xC0) != 0x80) {
        count++;
      }
    }
    return count;
  }

  /// The byte offset of the character with this index from 0, or the length where there are fewer.
  public int offsetOfChar(int index) {
    int seen = -1;
    for (int i = 0; i < utf8.length; i++) {
      if ((utf8[i] & 0xC0) != 0x80 && ++seen == index) {
        return i;
      }
    }
    return utf8.length;
  }

  public boolean isEmpty() {
    return utf8.length == 0;
  }

  public Text slice(int fromByte, int toByte) {
    return fromByte == 0 && toByte == utf8.length
        ? this
        : wrap(Arrays.copyOfRange(utf8, fromByte, toByte));
  }

  public Text concat(Text other) {
    if (utf8.length == 0) {
      return other;
    }
    if (other.utf8.length == 0) {
      return this;
    }
    byte[] both = Arrays.copyOf(utf8, utf8.length + other.utf8.length);
    System.arraycopy(other.utf8, 0, both, utf8.length, other.utf8.length);
    return new Text(both);
  }

  @Override
  public int compareTo(Text other) {
    return Arrays.compareUnsigned(utf8, other.utf8);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Text text && Arrays.equals(utf8, text.utf8);
  }

  @Override
  public int hashCode() {
    int h = hash;
    if (h == 0) {
      h = Arrays.hashCode(utf8);
      hash = h;
    }
    return h;
  }

  @Override
  public String toString() {
    String s = string;
    if (s == null) {
      s = new String(utf8, StandardCharsets.UTF_8);
      string = s;
    }
    return s;
  }
}
