package dev.lifeline.events.codec;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Appends JSON to a growing byte array.
///
/// Not a general JSON writer: the caller puts commas and braces. It exists because a journal line
/// is written for every commit of a busy server, and nearly all of a line is constant text between
/// a few numbers.
public final class JsonWriter {
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final int LONG_DIGITS_MAX = 20;

  private byte[] bytes = new byte[8192];
  private int length;

  /// What was written; valid up to [#length], until the next call that writes.
  public byte[] array() {
    return bytes;
  }

  public int length() {
    return length;
  }

  public byte[] toByteArray() {
    return Arrays.copyOf(bytes, length);
  }

  /// Goes back to a length that was seen before; 0 starts over.
  public void truncate(int length) {
    assert length >= 0 && length <= this.length;
    this.length = length;
  }

  /// Constant text that needs no escaping.
  public JsonWriter raw(byte[] text) {
    ensure(text.length);
    System.arraycopy(text, 0, bytes, length, text.length);
    length += text.length;
    return this;
  }

  public JsonWriter raw(byte[] text, int from, int count) {
    ensure(count);
    System.arraycopy(text, from, bytes, length, count);
    length += count;
    return this;
  }

  public JsonWriter raw(char ascii) {
    ensure(1);
    bytes[length++] = (byte) ascii;
    return this;
  }

  public JsonWriter number(long value) {
    ensure(LONG_DIGITS_MAX);
    if (value < 0) {
      if (value == Long.MIN_VALUE) {
        return raw("-9223372036854775808".getBytes(StandardCharsets.US_ASCII));
      }
      bytes[length++] = '-';
      value = -value;
    }
    int digits = 1;
    for (long power = 10; digits < 19 && value >= power; power *= 10) {
      digits++;
    }
    putDigits(value, digits);
    return this;
  }

  /// Exactly so many digits, with zeros before them.
  public JsonWriter padded(long value, int digits) {
    assert value >= 0;
    ensure(digits);
    putDigits(value, digits);
    return this;
  }

  /// A decimal with at most three places: a duration in milliseconds, to the microsecond. What is
  /// not finite has no form in JSON, comes from an average of nothing, and is written as 0.
  public JsonWriter decimal(double value) {
    if (!Double.isFinite(value)) {
      return raw('0');
    }
    if (Math.abs(value) >= 1e15) {
      return ascii(Double.toString(value));
    }
    long thousandths = Math.round(value * 1000);
    if (thousandths < 0) {
      raw('-');
      thousandths = -thousandths;
    }
    number(thousandths / 1000);
    int fraction = (int) (thousandths % 1000);
    if (fraction != 0) {
      raw('.');
      padded(fraction, 3);
      while (bytes[length - 1] == '0') {
        length--;
      }
    }
    return this;
  }

  /// Eight lower-case hexadecimal digits.
  public JsonWriter hex(int value) {
    ensure(8);
    for (int shift = 28; shift >= 0; shift -= 4) {
      bytes[length++] = HEX[value >>> shift & 0xF];
    }
    return this;
  }

  public JsonWriter hex(byte[] value, int count) {
    ensure(2 * count);
    for (int i = 0; i < count; i++) {
      bytes[length++] = HEX[value[i] >> 4 & 0xF];
      bytes[length++] = HEX[value[i] & 0xF];
    }
    return this;
  }

  /// An LSN in quotes, `"0/16B3748"`.
  public JsonWriter lsn(long value) {
    raw('"');
    upperHex((int) (value >>> 32));
    raw('/');
    upperHex((int) value);
    return raw('"');
  }

  /// A string in quotes, escaped as RFC 8259 demands and no further.
  public JsonWriter string(String value) {
    ensure(value.length() + 2);
    bytes[length++] = '"';
    int i = 0;
    for (int end = value.length(); i < end; i++) {
      char c = value.charAt(i);
      if (c < 0x20 || c > 0x7e || c == '"' || c == '\\') {
        break;
      }
      bytes[length++] = (byte) c;
    }
    if (i < value.length()) {
      escaped(value, i);
    }
    return raw('"');
  }

  /// Text of printable ASCII without anything to escape.
  public JsonWriter ascii(String value) {
    ensure(value.length());
    for (int i = 0; i < value.length(); i++) {
      bytes[length++] = (byte) value.charAt(i);
    }
    return this;
  }

  private void escaped(String value, int from) {
    for (int i = from; i < value.length(); i++) {
      char c = value.charAt(i);
      ensure(6);
      if (c == '"' || c == '\\') {
        bytes[length++] = '\\';
        bytes[length++] = (byte) c;
      } else if (c < 0x20) {
        control(c);
      } else if (c < 0x80) {
        bytes[length++] = (byte) c;
      } else if (c < 0x800) {
        bytes[length++] = (byte) (0xC0 | c >> 6);
        bytes[length++] = (byte) (0x80 | (c & 0x3F));
      } else if (!Character.isSurrogate(c)) {
        threeBytes(c);
      } else if (Character.isHighSurrogate(c)
          && i + 1 < value.length()
          && Character.isLowSurrogate(value.charAt(i + 1))) {
        int code = Character.toCodePoint(c, value.charAt(++i));
        bytes[length++] = (byte) (0xF0 | code >> 18);
        bytes[length++] = (byte) (0x80 | (code >> 12 & 0x3F));
        bytes[length++] = (byte) (0x80 | (code >> 6 & 0x3F));
        bytes[length++] = (byte) (0x80 | (code & 0x3F));
      } else {
        threeBytes('\uFFFD'); // half a pair has no UTF-8
      }
    }
  }

  private void threeBytes(char c) {
    bytes[length++] = (byte) (0xE0 | c >> 12);
    bytes[length++] = (byte) (0x80 | (c >> 6 & 0x3F));
    bytes[length++] = (byte) (0x80 | (c & 0x3F));
  }

  private void control(char c) {
    bytes[length++] = '\\';
    switch (c) {
      case '\n' -> bytes[length++] = 'n';
      case '\r' -> bytes[length++] = 'r';
      case '\t' -> bytes[length++] = 't';
      default -> {
        bytes[length++] = 'u';
        bytes[length++] = '0';
        bytes[length++] = '0';
        bytes[length++] = HEX[c >> 4];
        bytes[length++] = HEX[c & 0xF];
      }
    }
  }

  private void upperHex(int value) {
    ensure(8);
    int shift = value == 0 ? 0 : (31 - Integer.numberOfLeadingZeros(value)) / 4 * 4;
    for (; shift >= 0; shift -= 4) {
      int digit = value >>> shift & 0xF;
      bytes[length++] = (byte) (digit < 10 ? '0' + digit : 'A' + digit - 10);
    }
  }

  private void putDigits(long value, int digits) {
    int at = length + digits;
    length = at;
    for (int i = 0; i < digits; i++) {
      bytes[--at] = (byte) ('0' + value % 10);
      value /= 10;
    }
  }

  private void ensure(int more) {
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
    }
  }
}
