package dev.lifeline.libpq;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/// Cuts what a client sends into messages. Bytes come in by [#append] as they arrive, cut anywhere;
/// messages come out one by one. What is kept is what has arrived and is not consumed yet, never
/// what a length field merely promises.
///
/// A client that breaks the framing cannot be talked to any more: [CommunicationError], or FATAL
/// 08P01.
public final class FrontendDecoder {
  /// PostgreSQL's MAX_STARTUP_PACKET_LENGTH.
  public static final int STARTUP_PACKET_BYTES_MAX = 10_000;

  /// PostgreSQL's PQ_SMALL_MESSAGE_LIMIT: messages that carry at most some names.
  private static final int SMALL_MESSAGE_BYTES_MAX = 10_000;

  /// What a password message may be at most, before we know who sends it.
  private static final int AUTHENTICATION_MESSAGE_BYTES_MAX = 65_535;

  /// PostgreSQL's PQ_LARGE_MESSAGE_LIMIT.
  private static final int LARGE_MESSAGE_BYTES_MAX = 0x3fff_fffe;

  /// Messages above this size are counted in [ClientMemory].
  static final int COUNTED_BYTES_MIN = 1 << 20;

  private static final byte[] NONE = {};

  private final int messageBytesMax;
  private final ClientMemory.Share memory;
  private byte[] data = NONE;
  private int start;
  private int end;

  /// Bytes of a message that is too big to keep, and is dropped as it arrives.
  private int discarding;

  private int discardedLength;
  private byte discardedType;

  /// Of a big message that arrives, or that was handed out last.
  private int counted;

  private boolean countedIsOut;

  /// @param messageBytesMax the biggest message that is held in memory. A bigger one is read and
  ///   dropped, and its statement fails with 53200, as where PostgreSQL cannot allocate it.
  /// @param memory where the memory for big messages is had from; where it is used up, the same
  ///   happens
  public FrontendDecoder(int messageBytesMax, ClientMemory.Share memory) {
    this.messageBytesMax = messageBytesMax;
    this.memory = memory;
  }

  public void append(Buffer bytes) {
    int from = 0;
    if (discarding > 0) {
      from = Math.min(discarding, bytes.length());
      discarding -= from;
    }
    int length = bytes.length() - from;
    if (length == 0) {
      return;
    }
    makeRoom(length);
    bytes.getBytes(from, from + length, data, end);
    end += length;
  }

  /// How many bytes wait here.
  public int buffered() {
    return end - start;
  }

  /// Forgets what has arrived, and its memory.
  public void clear() {
    release();
    forget();
  }

  private void forget() {
    data = NONE;
    start = 0;
    end = 0;
  }

  /// The first packet of a connection (without its length), or null before all of it is there.
  public @Nullable MessageReader nextStartupPacket() {
    if (buffered() < 4) {
      return null;
    }
    int length = intAt(start);
    if (length < 8 || length > STARTUP_PACKET_BYTES_MAX) {
      throw new CommunicationError("invalid length of startup packet");
    }
    return buffered() < length ? null : take((byte) 0, 4, length);
  }

  /// The next message of a client that is being authenticated: a `p`, or null before all of it is
  /// there.
  public @Nullable MessageReader nextAuthenticationMessage() {
    if (buffered() < 1) {
      return null;
    }
    byte type = data[start];
    if (type != 'p') {
      throw PgException.fatal(
          SqlState.PROTOCOL_VIOLATION,
          "expected password response, got message type %d",
          Byte.toUnsignedInt(type));
    }
    return next(type, AUTHENTICATION_MESSAGE_BYTES_MAX);
  }

  /// The next message of a session, or null before all of it is there.
  ///
  /// @throws PgException FATAL when the framing is broken; ERROR 53200 for a message that is too
  ///   big, after which reading goes on behind it
  public @Nullable MessageReader nextMessage() {
    if (countedIsOut) {
      release();
    }
    if (discarding > 0) {
      return null;
    }
    if (discardedLength > 0) {
      int length = discardedLength;
      discardedLength = 0;
      throw PgException.error(SqlState.OUT_OF_MEMORY, "out of memory")
          .detail("Failed on request of size %d.", length);
    }
    if (buffered() < 1) {
      return null;
    }
    byte type = data[start];
    return next(type, bytesMax(type));
  }

  /// The type of the message that was too big when [#nextMessage] said so last.
  public byte discardedType() {
    return discardedType;
  }

  private static int bytesMax(byte type) {
    return switch (type) {
      case FrontendMessage.QUERY,
          FrontendMessage.FUNCTION_CALL,
          FrontendMessage.BIND,
          FrontendMessage.PARSE,
          FrontendMessage.COPY_DATA ->
          LARGE_MESSAGE_BYTES_MAX;
      case FrontendMessage.TERMINATE,
          FrontendMessage.CLOSE,
          FrontendMessage.DESCRIBE,
          FrontendMessage.EXECUTE,
          FrontendMessage.FLUSH,
          FrontendMessage.SYNC,
          FrontendMessage.COPY_DONE,
          FrontendMessage.COPY_FAIL ->
          SMALL_MESSAGE_BYTES_MAX;
      default ->
          throw PgException.fatal(
              SqlState.PROTOCOL_VIOLATION,
              "invalid frontend message type %d",
              Byte.toUnsignedInt(type));
    };
  }

  private @Nullable MessageReader next(byte type, int bytesMax) {
    if (buffered() < 5) {
      return null;
    }
    int length = intAt(start + 1);
    if (length < 4 || length > bytesMax) {
      throw new CommunicationError("invalid message length");
    }
    if (length > messageBytesMax || !counts(length)) {
      discardedType = type;
      discard(length + 1);
      return nextMessage();
    }
    if (buffered() <= length) {
      return null;
    }
    countedIsOut = counted > 0;
    return take(type, 5, length + 1);
  }

  /// Finds room for a message; false where there is none.
  private boolean counts(int length) {
    if (length < COUNTED_BYTES_MIN || counted > 0) {
      return true;
    }
    if (!memory.take(length)) {
      return false;
    }
    counted = length;
    return true;
  }

  private void release() {
    memory.give(counted);
    counted = 0;
    countedIsOut = false;
  }

  private void discard(int length) {
    int here = Math.min(length, buffered());
    consume(here);
    discarding = length - here;
    discardedLength = length;
  }

  private MessageReader take(byte type, int header, int length) {
    MessageReader reader = new MessageReader(type, data, start + header, start + length);
    consume(length);
    return reader;
  }

  private void consume(int length) {
    start += length;
    if (start == end) {
      // Readers keep the array as long as they need it; an idle session keeps nothing.
      forget();
    }
  }

  private void makeRoom(int length) {
    if (data.length - end >= length) {
      return;
    }
    // Always a new array: messages that were handed out still read the old one.
    int needed = Math.addExact(end - start, length);
    long announced = buffered() < 5 ? 0 : 1L + (intAt(start + 1) & 0xffff_ffffL);
    byte[] grown = new byte[(int) Math.max(needed, Math.min(2L * needed, announced))];
    System.arraycopy(data, start, grown, 0, end - start);
    end -= start;
    start = 0;
    data = grown;
  }

  private int intAt(int index) {
    return (data[index] & 0xff) << 24
        | (data[index + 1] & 0xff) << 16
        | (data[index + 2] & 0xff) << 8
        | (data[index + 3] & 0xff);
  }
}
