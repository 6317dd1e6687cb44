package dev.lifeline.events;

import org.jspecify.annotations.Nullable;

/// The W3C trace context that a piece of work belongs to, as its `traceparent` header says it.
///
/// @param traceId 32 lower-case hexadecimal digits, not all zero
/// @param spanId 16 lower-case hexadecimal digits, not all zero: the parent of what happens here
/// @param flags the eight trace flags: bit 0 sampled, bit 1 random trace id; the others are carried
///   on
public record TraceContext(String traceId, String spanId, int flags) {
  private static final int LENGTH = 55;

  public TraceContext {
    if (!isId(traceId, 32) || !isId(spanId, 16)) {
      throw new IllegalArgumentException("not a trace context: " + traceId + "-" + spanId);
    }
    if (flags < 0 || flags > 0xFF) {
      throw new IllegalArgumentException("not trace flags: " + flags);
    }
  }

  /// Reads a `traceparent`: version 00 exactly, later versions by their first four fields, as the
  /// W3C recommendation asks of a reader that is older than the sender. Null when malformed: what a
  /// client sends is never worth an error.
  public static @Nullable TraceContext parse(String traceparent) {
    if (!isMeantAsOne(traceparent)) {
      return null;
    }
    int version = hex(traceparent, 0);
    boolean longer = traceparent.length() > LENGTH;
    if (version < 0
        || version == 0xFF
        || (version == 0 && longer)
        || (longer && traceparent.charAt(LENGTH) != '-')) {
      return null;
    }
    String traceId = traceparent.substring(3, 35);
    String spanId = traceparent.substring(36, 52);
    int flags = hex(traceparent, 53);
    if (flags < 0 || !isId(traceId, 32) || !isId(spanId, 16)) {
      return null;
    }
    return new TraceContext(traceId, spanId, flags);
  }

  /// Whether a text that may be anything looks like a `traceparent`, well-formed or not.
  public static boolean isMeantAsOne(String text) {
    return text.length() >= LENGTH
        && text.charAt(2) == '-'
        && text.charAt(35) == '-'
        && text.charAt(52) == '-';
  }

  public boolean sampled() {
    return (flags & 1) != 0;
  }

  /// The `traceparent` header, version 00.
  @Override
  public String toString() {
    return "00-"
        + traceId
        + "-"
        + spanId
        + "-"
        + Character.forDigit(flags >> 4, 16)
        + Character.forDigit(flags & 0xF, 16);
  }

  private static boolean isId(String text, int length) {
    if (text.length() != length) {
      return false;
    }
    boolean zero = true;
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f')) {
        return false;
      }
      zero &= c == '0';
    }
    return !zero;
  }

  private static int hex(String text, int at) {
    int value = 0;
    for (int i = at; i < at + 2; i++) {
      char c = text.charAt(i);
      if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f')) {
        return -1;
      }
      value = value << 4 | Character.digit(c, 16);
    }
    return value;
  }
}
