package dev.lifeline.libpq;

import dev.lifeline.utils.Utf8;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// One message of a client, read from front to back. Reading over its end is the client's fault:
/// 08P01.
public final class MessageReader {
  private final byte type;
  private final byte[] data;
  private final int limit;
  private int position;

  MessageReader(byte type, byte[] data, int start, int limit) {
    this.type = type;
    this.data = data;
    this.position = start;
    this.limit = limit;
  }

  /// A message of a server, which a client of it reads.
  public static MessageReader of(byte type, byte[] data, int start, int limit) {
    return new MessageReader(type, data, start, limit);
  }

  /// One of [FrontendMessage]; 0 for a startup packet, which has none.
  public byte type() {
    return type;
  }

  public int remaining() {
    return limit - position;
  }

  public byte readByte() {
    need(1);
    return data[position++];
  }

  public int readInt16() {
    need(2);
    int value = (data[position] & 0xff) << 8 | (data[position + 1] & 0xff);
    position += 2;
    return value;
  }

  public int readInt32() {
    need(4);
    int value =
        (data[position] & 0xff) << 24
            | (data[position + 1] & 0xff) << 16
            | (data[position + 2] & 0xff) << 8
            | (data[position + 3] & 0xff);
    position += 4;
    return value;
  }

  public long readInt64() {
    return (long) readInt32() << 32 | Integer.toUnsignedLong(readInt32());
  }

  public byte[] readBytes(int length) {
    need(length);
    byte[] bytes = Arrays.copyOfRange(data, position, position + length);
    position += length;
    return bytes;
  }

  /// All that is left, as a buffer over the message's own memory.
  public Buffer readRemaining() {
    Buffer rest = Buffer.buffer(remaining()).appendBytes(data, position, remaining());
    position = limit;
    return rest;
  }

  /// A string up to its terminating zero.
  public String readString() {
    int end = position;
    while (end < limit && data[end] != 0) {
      end++;
    }
    if (end == limit) {
      throw PgException.error(SqlState.PROTOCOL_VIOLATION, "invalid string in message");
    }
    Utf8.check(data, position, end);
    String string = new String(data, position, end - position, StandardCharsets.UTF_8);
    position = end + 1;
    return string;
  }

  /// Says that all was read.
  public void end() {
    if (position != limit) {
      throw PgException.error(SqlState.PROTOCOL_VIOLATION, "invalid message format");
    }
  }

  private void need(int length) {
    if (length < 0 || length > limit - position) {
      throw PgException.error(SqlState.PROTOCOL_VIOLATION, "insufficient data left in message");
    }
  }
}
