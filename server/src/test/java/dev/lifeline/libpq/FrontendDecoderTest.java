package dev.lifeline.libpq;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.Severity;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FrontendDecoderTest {
  private static final ClientMemory MEMORY = new ClientMemory(64 << 20);

  private final FrontendDecoder decoder = new FrontendDecoder(1 << 20, MEMORY.share());

  @Test
  void cutsMessagesOutOfBytesThatArriveOneByOne() {
    Buffer bytes = query("SELECT 1").appendBuffer(query("SELECT 'ä'"));
    StringBuilder seen = new StringBuilder();
    for (int i = 0; i < bytes.length(); i++) {
      decoder.append(bytes.getBuffer(i, i + 1));
      MessageReader message = decoder.nextMessage();
      if (message != null) {
        assertEquals(FrontendMessage.QUERY, message.type());
        seen.append(message.readString()).append('|');
        message.end();
      }
    }
    assertEquals("SELECT 1|SELECT 'ä'|", seen.toString());
    assertEquals(0, decoder.buffered());
  }

  @Test
  void messagesHandedOutSurviveWhatArrivesLater() {
    decoder.append(query("first").appendBuffer(query("second")).appendByte((byte) 'Q'));
    MessageReader first = decoder.nextMessage();
    MessageReader second = decoder.nextMessage();
    assertNull(decoder.nextMessage());
    decoder.append(query("third").slice(1, query("third").length()));
    assertNotNull(first);
    assertNotNull(second);
    assertEquals("first", first.readString());
    assertEquals("second", second.readString());
    MessageReader third = decoder.nextMessage();
    assertNotNull(third);
    assertEquals("third", third.readString());
  }

  @Test
  void anUnknownTypeIsFatal() {
    decoder.append(Buffer.buffer().appendByte((byte) 'z'));
    PgException error = assertThrows(PgException.class, decoder::nextMessage);
    assertEquals(Severity.FATAL, error.severity());
    assertEquals(SqlState.PROTOCOL_VIOLATION, error.sqlState());
    assertEquals("invalid frontend message type 122", error.message());
  }

  @Test
  void aLengthThatCannotBeBreaksTheFraming() {
    for (int length : new int[] {3, 0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
      FrontendDecoder fresh = new FrontendDecoder(1 << 20, MEMORY.share());
      fresh.append(Buffer.buffer().appendByte((byte) 'Q').appendInt(length));
      CommunicationError error = assertThrows(CommunicationError.class, fresh::nextMessage);
      assertEquals("invalid message length", error.message());
    }
    decoder.append(Buffer.buffer().appendByte((byte) 'S').appendInt(10_001));
    assertThrows(CommunicationError.class, decoder::nextMessage);
  }

  @Test
  void aMessageTooBigToHoldIsDroppedAndTheNextOneRead() {
    int length = 3 << 20;
    decoder.append(Buffer.buffer().appendByte((byte) 'Q').appendInt(length));
    assertNull(decoder.nextMessage());
    Buffer piece = Buffer.buffer(new byte[1 << 16]);
    int left = length - 4;
    while (left > 0) {
      int now = Math.min(left, piece.length());
      decoder.append(piece.getBuffer(0, now));
      left -= now;
      assertEquals(0, decoder.buffered());
      if (left > 0) {
        assertNull(decoder.nextMessage());
      }
    }
    decoder.append(query("SELECT 1"));
    PgException error = assertThrows(PgException.class, decoder::nextMessage);
    assertEquals(SqlState.OUT_OF_MEMORY, error.sqlState());
    assertEquals(Severity.ERROR, error.severity());
    MessageReader next = decoder.nextMessage();
    assertNotNull(next);
    assertEquals("SELECT 1", next.readString());
  }

  @Test
  void bigMessagesShareTheMemoryThatClientsMayHave() {
    ClientMemory memory = new ClientMemory(10 << 20);
    FrontendDecoder first = new FrontendDecoder(8 << 20, memory.share());
    FrontendDecoder second = new FrontendDecoder(8 << 20, memory.share());
    FrontendDecoder third = new FrontendDecoder(8 << 20, memory.share());
    int length = 4 << 20;

    for (FrontendDecoder one : List.of(first, second)) {
      one.append(Buffer.buffer().appendByte((byte) 'Q').appendInt(length));
      assertNull(one.nextMessage());
    }
    assertEquals(2L * length, memory.taken());
    third.append(Buffer.buffer().appendByte((byte) 'Q').appendInt(length));
    assertNull(third.nextMessage());
    third.append(Buffer.buffer(new byte[length - 4]));
    assertEquals(0, third.buffered(), "it is not kept");
    PgException error = assertThrows(PgException.class, third::nextMessage);
    assertEquals(SqlState.OUT_OF_MEMORY, error.sqlState());

    first.append(Buffer.buffer(new byte[length - 4]));
    assertNotNull(first.nextMessage());
    assertEquals(2L * length, memory.taken(), "its reader has it still");
    assertNull(first.nextMessage());
    assertEquals(length, memory.taken());
    second.clear();
    assertEquals(0, memory.taken());
    third.append(Buffer.buffer().appendByte((byte) 'Q').appendInt(6 << 20));
    assertNull(third.nextMessage());
    assertEquals(0, memory.taken(), "one may have the half of it");
  }

  @Test
  void readingOverTheEndIsTheClientsFault() {
    decoder.append(message('B', Buffer.buffer().appendString("abc")));
    MessageReader message = decoder.nextMessage();
    assertNotNull(message);
    assertEquals(
        "invalid string in message",
        assertThrows(PgException.class, message::readString).message());
    assertEquals(
        "insufficient data left in message",
        assertThrows(PgException.class, message::readInt32).message());
    assertEquals("invalid message format", assertThrows(PgException.class, message::end).message());
  }

  @Test
  void brokenUtf8IsToldByItsBytes() {
    decoder.append(
        message('Q', Buffer.buffer().appendBytes(new byte[] {'a', (byte) 0xe2, 0x28, 'b', 0})));
    MessageReader message = decoder.nextMessage();
    assertNotNull(message);
    PgException error = assertThrows(PgException.class, message::readString);
    assertEquals(SqlState.CHARACTER_NOT_IN_REPERTOIRE, error.sqlState());
    assertEquals("invalid byte sequence for encoding \"UTF8\": 0xe2 0x28 0x62", error.message());
  }

  @Test
  void startupPacketTellsParametersAndOptionsThatWeDoNotKnow() {
    Buffer body =
        Buffer.buffer()
            .appendInt(3 << 16 | 2)
            .appendString("user\0joe\0database\0\0application_name\0psql\0_pq_.nope\0on\0\0");
    decoder.append(Buffer.buffer().appendInt(body.length() + 4).appendBuffer(body));
    MessageReader packet = decoder.nextStartupPacket();
    assertNotNull(packet);
    StartupPacket.Startup startup =
        assertInstanceOf(StartupPacket.Startup.class, StartupPacket.read(packet, false, false));
    assertEquals("joe", startup.user());
    assertEquals("joe", startup.database());
    assertEquals(
        Map.of("user", "joe", "database", "", "application_name", "psql"), startup.parameters());
    assertEquals(List.of("_pq_.nope"), startup.unknownOptions());
    assertTrue(startup.needsNegotiation());
  }

  @Test
  void startupPacketsThatCannotBe() {
    decoder.append(Buffer.buffer().appendInt(10_001));
    assertEquals(
        "invalid length of startup packet",
        assertThrows(CommunicationError.class, decoder::nextStartupPacket).message());
    assertEquals(
        "unsupported frontend protocol 2.0: server supports 3.0 to 3.0", startupError(2 << 16, ""));
    assertEquals(
        "no PostgreSQL user name specified in startup packet",
        startupError(3 << 16, "database\0d\0\0"));
    assertEquals(
        "invalid startup packet layout: expected terminator as last byte",
        startupError(3 << 16, "user\0d\0"));
  }

  private static String startupError(int version, String parameters) {
    FrontendDecoder decoder = new FrontendDecoder(1 << 20, MEMORY.share());
    decoder.append(
        Buffer.buffer()
            .appendInt(parameters.length() + 8)
            .appendInt(version)
            .appendString(parameters));
    MessageReader packet = decoder.nextStartupPacket();
    assertNotNull(packet);
    return assertThrows(PgException.class, () -> StartupPacket.read(packet, false, false))
        .message();
  }

  private static Buffer query(String sql) {
    return message('Q', Buffer.buffer(sql.getBytes(StandardCharsets.UTF_8)).appendByte((byte) 0));
  }

  private static Buffer message(char type, Buffer body) {
    return Buffer.buffer().appendByte((byte) type).appendInt(body.length() + 4).appendBuffer(body);
  }
}
