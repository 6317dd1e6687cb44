package dev.lifeline.events.codec;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.zip.CRC32C;

/// What can be said of a journal line by looking at its bytes, without reading it as JSON.
///
/// A line is one CloudEvent in JSON, without its line feed. Its last members guard it:
/// - `durable`, on the first line after each sync of the log: the sequence up to which the log was
///   on disk then. What a loss of power has torn comes after the last such mark.
/// - `chain`: the first 16 bytes of the SHA-256 of the line before, in hexadecimal, zeros on the
///   very first line. A line that is changed, taken out or put in breaks the chain after it.
/// - `crc32c`: the CRC-32C of all bytes of the line up to the comma before this member. It tells a
///   line that was damaged or half written from a whole one, without its neighbours.
///
/// Being ordinary members, they are in nobody's way: `jq` and `grep` work on the file.
public final class LineFormat {
  /// How many numbers [#typeSlot] has for types.
  public static final int TYPE_SLOTS = 128;

  /// Bytes of a chain hash.
  public static final int CHAIN_BYTES = 16;

  static final byte[] CRC_LABEL = ascii(",\"crc32c\":\"");
  static final byte[] CHAIN_LABEL = ascii(",\"chain\":\"");
  static final byte[] DURABLE_LABEL = ascii(",\"durable\":\"");
  static final byte[] END = ascii("\"}");

  private static final byte[] SEQUENCE_LABEL = ascii(",\"sequence\":\"");
  private static final byte[] TIME_LABEL = ascii("\",\"time\":\"");
  private static final byte[] TYPE_LABEL = ascii("\",\"type\":\"");
  private static final byte[] SUBJECT_LABEL = ascii("\",\"subject\":\"");
  private static final int CRC_TAIL = CRC_LABEL.length + 8 + END.length;
  private static final int CHAIN_TAIL = CHAIN_LABEL.length + 2 * CHAIN_BYTES + 1;
  private static final int SEQUENCE_DIGITS = 20;
  private static final int DURABLE_TAIL = DURABLE_LABEL.length + SEQUENCE_DIGITS + 1;

  private LineFormat() {}

  /// The event's sequence, or -1 when the bytes do not begin as a line does.
  public static long sequence(byte[] bytes, int from, int to) {
    int at = sequenceAt(bytes, from, to);
    return at < 0 ? -1 : digits(bytes, at, SEQUENCE_DIGITS);
  }

  /// The sequence up to which the log was durable when the line was written, 0 when the line does
  /// not tell.
  public static long durable(byte[] bytes, int from, int to) {
    int at = to - CRC_TAIL - CHAIN_TAIL - DURABLE_TAIL;
    if (at <= from || !startsWith(bytes, at, to, DURABLE_LABEL)) {
      return 0;
    }
    return Math.max(0, digits(bytes, at + DURABLE_LABEL.length, SEQUENCE_DIGITS));
  }

  /// The event's time in microseconds since the epoch, or [Long#MIN_VALUE] when the bytes do not
  /// begin as a line does.
  public static long timeMicros(byte[] bytes, int from, int to) {
    int at = sequenceAt(bytes, from, to);
    if (at < 0) {
      return Long.MIN_VALUE;
    }
    at += SEQUENCE_DIGITS;
    if (!startsWith(bytes, at, to, TIME_LABEL)) {
      return Long.MIN_VALUE;
    }
    at += TIME_LABEL.length;
    return to - at < TimeText.LENGTH ? Long.MIN_VALUE : TimeText.parse(bytes, at);
  }

  /// A number for the line's type. It is the same in every version, and types that are not the same
  /// may share one: it serves to pass over what cannot be wanted.
  public static int typeSlot(byte[] bytes, int from, int to) {
    int at = typeAt(bytes, from, to);
    if (at < 0) {
      return 0;
    }
    int hash = 0;
    for (int i = at; i < to && bytes[i] != '"'; i++) {
      hash = 31 * hash + bytes[i];
    }
    return slot(hash);
  }

  /// The same of a CloudEvents `type`.
  public static int typeSlot(String type) {
    int hash = 0;
    for (byte b : type.getBytes(StandardCharsets.UTF_8)) {
      hash = 31 * hash + b;
    }
    return slot(hash);
  }

  private static int slot(int hash) {
    return (hash ^ hash >>> 7 ^ hash >>> 16) & TYPE_SLOTS - 1;
  }

  /// Whether the line is of a type, which is given in UTF-8.
  public static boolean isOfType(byte[] bytes, int from, int to, byte[] type) {
    int at = typeAt(bytes, from, to);
    int end = at + type.length;
    return at >= 0 && end < to && bytes[end] == '"' && startsWith(bytes, at, to, type);
  }

  /// Where the type begins, or -1.
  private static int typeAt(byte[] bytes, int from, int to) {
    int at = sequenceAt(bytes, from, to);
    if (at < 0) {
      return -1;
    }
    at += SEQUENCE_DIGITS + TIME_LABEL.length + TimeText.LENGTH;
    return startsWith(bytes, at, to, TYPE_LABEL) ? at + TYPE_LABEL.length : -1;
  }

  /// The pid of the line's subject, or -1 when the bytes do not begin as a line does.
  public static int subjectPid(byte[] bytes, int from, int to) {
    int at = typeAt(bytes, from, to);
    while (at >= 0 && at < to && bytes[at] != '"') {
      at++;
    }
    if (at < 0 || !startsWith(bytes, at, to, SUBJECT_LABEL)) {
      return -1;
    }
    long pid = -1;
    for (int i = at + SUBJECT_LABEL.length; i < to && bytes[i] != '"'; i++) {
      int digit = bytes[i] - '0';
      if (bytes[i] == '/') {
        pid = 0; // a process type may have a slash of its own; the last one counts
      } else if (digit < 0 || digit > 9) {
        pid = -1;
      } else if (pid >= 0 && pid <= Integer.MAX_VALUE) {
        pid = 10 * pid + digit;
      }
    }
    return pid > Integer.MAX_VALUE ? -1 : (int) pid;
  }

  /// Whether the line's CRC fits its bytes.
  public static boolean crcMatches(byte[] bytes, int from, int to) {
    int at = to - CRC_TAIL;
    if (at <= from
        || !startsWith(bytes, at, to, CRC_LABEL)
        || !startsWith(bytes, to - END.length, to, END)) {
      return false;
    }
    long expected = hex(bytes, at + CRC_LABEL.length);
    return expected == crc(bytes, from, at);
  }

  /// Whether the line says that the line before it has this hash.
  public static boolean chainMatches(byte[] bytes, int from, int to, byte[] hashBefore) {
    int at = to - CRC_TAIL - CHAIN_TAIL;
    if (at <= from || !startsWith(bytes, at, to, CHAIN_LABEL)) {
      return false;
    }
    JsonWriter expected = new JsonWriter();
    expected.hex(hashBefore, CHAIN_BYTES);
    at += CHAIN_LABEL.length;
    return Arrays.equals(bytes, at, at + 2 * CHAIN_BYTES, expected.array(), 0, expected.length());
  }

  /// The hash that the next line carries as its `chain`.
  public static byte[] hash(MessageDigest sha256, byte[] bytes, int from, int to) {
    sha256.reset();
    sha256.update(bytes, from, to - from);
    return Arrays.copyOf(sha256.digest(), CHAIN_BYTES);
  }

  public static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  static long crc(byte[] bytes, int from, int to) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, from, to - from);
    return crc.getValue();
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /// The label stands behind the constant beginning, the id and the source, which have no commas of
  /// their own.
  private static int sequenceAt(byte[] bytes, int from, int to) {
    int last = Math.min(to - SEQUENCE_DIGITS, from + 200) - SEQUENCE_LABEL.length;
    for (int at = from; at <= last; at++) {
      if (bytes[at] == ',' && startsWith(bytes, at, to, SEQUENCE_LABEL)) {
        return at + SEQUENCE_LABEL.length;
      }
    }
    return -1;
  }

  private static boolean startsWith(byte[] bytes, int at, int to, byte[] expected) {
    return to - at >= expected.length
        && Arrays.equals(bytes, at, at + expected.length, expected, 0, expected.length);
  }

  private static long digits(byte[] bytes, int at, int count) {
    long value = 0;
    for (int i = at; i < at + count; i++) {
      int digit = bytes[i] - '0';
      if (digit < 0 || digit > 9 || value > (Long.MAX_VALUE - digit) / 10) {
        return -1;
      }
      value = value * 10 + digit;
    }
    return value;
  }

  private static long hex(byte[] bytes, int at) {
    long value = 0;
    for (int i = at; i < at + 8; i++) {
      byte c = bytes[i];
      if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f')) {
        return -1;
      }
      value = value << 4 | (c <= '9' ? c - '0' : c - 'a' + 10);
    }
    return value;
  }
}
