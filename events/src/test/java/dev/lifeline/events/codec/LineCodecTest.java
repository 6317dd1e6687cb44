package dev.lifeline.events.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lifeline.events.Envelope;
import dev.lifeline.events.ProcessEvent;
import dev.lifeline.events.RandomEvents;
import dev.lifeline.events.Subject;
import dev.lifeline.events.TraceContext;
import dev.lifeline.events.WalEvent;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LineCodecTest {
  private static final long CLUSTER = 0xF000_0000_0000_0001L; // unsigned in the text
  private static final byte[] START = new byte[LineFormat.CHAIN_BYTES];

  private static byte[] line(LineWriter writer, Envelope envelope) {
    JsonWriter out = new JsonWriter();
    writer.append(out, envelope);
    assertEquals('\n', out.array()[out.length() - 1]);
    out.truncate(out.length() - 1);
    return out.toByteArray();
  }

  @Test
  void isACloudEventWithTheAttributesOfTheSpecification() throws Exception {
    Envelope envelope =
        new Envelope(
            CLUSTER,
            17,
            Instant.parse("2026-11-22T18:15:09.000042Z"),
            new Subject("walwriter", 5),
            16,
            TraceContext.parse("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03"),
            new WalEvent.Flushed(0x16B3748L, 0x1_0000_0000L, 640, 3, 0.25, 1.5));
    JsonNode event = new ObjectMapper().readTree(line(new LineWriter(CLUSTER, START), envelope));
    String expected =
        """
        {"specversion":"1.0","id":"17293822569102704641-17","source":"lifeline://17293822569102704641",
        "sequence":"00000000000000000017","time":"2026-11-22T18:15:09.000042Z",
        "type":"dev.lifeline.wal.flushed.v1","subject":"walwriter/5","cause":"00000000000000000016",
        "traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03",
        "partitionkey":"17293822569102704641","datacontenttype":"application/json",
        "dataschema":"urn:lifeline:schema:dev.lifeline.wal.flushed.v1",
        "data":{"pid":5,"backend_type":"walwriter","start_lsn":"0/16B3748","end_lsn":"1/0",
        "wal_bytes":640,"commits":3,"write_ms":0.25,"sync_ms":1.5},
        "chain":"00000000000000000000000000000000","crc32c":"CRC"}
        """;
    String crc = event.get("crc32c").asText();
    assertEquals(new ObjectMapper().readTree(expected.replace("CRC", crc)), event);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void everyTypeComesBackAsItWas(long seed) {
    RandomEvents random = new RandomEvents(seed);
    LineWriter writer = new LineWriter(CLUSTER, START);
    LineReader reader = new LineReader();
    long sequence = 0;
    for (int round = 0; round < 20; round++) {
      for (EventType type : EventType.all()) {
        Envelope envelope = random.envelope(CLUSTER, ++sequence, random.event(type.eventClass()));
        byte[] line = line(writer, envelope);
        assertEquals(envelope, reader.read(line));
        assertEquals(sequence, LineFormat.sequence(line, 0, line.length));
        assertEquals(
            TimeText.toMicros(envelope.time()), LineFormat.timeMicros(line, 0, line.length));
        assertTrue(LineFormat.crcMatches(line, 0, line.length));
        assertEquals(envelope.subject().pid(), LineFormat.subjectPid(line, 0, line.length));
        assertTrue(LineFormat.isOfType(line, 0, line.length, type.nameBytes()));
      }
    }
  }

  @Test
  void aChangeOfAnyByteIsNoticed() {
    RandomEvents random = new RandomEvents(4);
    LineWriter writer = new LineWriter(CLUSTER, START);
    List<byte[]> lines = new ArrayList<>();
    for (int i = 1; i <= 2; i++) {
      lines.add(line(writer, random.envelope(CLUSTER, i, new ProcessEvent.Forked(1))));
    }
    MessageDigest sha256 = LineFormat.sha256();
    byte[] first = lines.get(0);
    byte[] second = lines.get(1);
    byte[] hash = LineFormat.hash(sha256, first, 0, first.length);
    assertArrayEquals(writer.chain(), LineFormat.hash(sha256, second, 0, second.length));
    assertTrue(LineFormat.chainMatches(second, 0, second.length, hash));
    for (int i = 0; i < first.length; i++) {
      byte[] changed = first.clone();
      changed[i] ^= 1;
      assertFalse(LineFormat.crcMatches(changed, 0, changed.length), "byte " + i);
      byte[] changedHash = LineFormat.hash(sha256, changed, 0, changed.length);
      assertFalse(LineFormat.chainMatches(second, 0, second.length, changedHash), "byte " + i);
    }
    for (int length = 0; length < first.length; length++) {
      assertFalse(LineFormat.crcMatches(first, 0, length), "length " + length);
    }
  }

  @Test
  void readsWhatOtherVersionsWrote() {
    String newer =
        """
        {"specversion":"1.0","id":"1-1","source":"lifeline://1","type":"dev.lifeline.process.exited.v1",
        "subject":"client backend/9","time":"2026-11-22T18:15:09Z","sequence":"00000000000000000001",
        "future":{"a":[1]},"data":{"pid":9,"exit_code":3,"future":{"b":[{}]}}}
        """;
    Envelope read = new LineReader().read(newer.getBytes(StandardCharsets.UTF_8));
    assertEquals(new ProcessEvent.Exited(3, 0), read.event());
    assertEquals(Instant.parse("2026-11-22T18:15:09Z"), read.time());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[]",
        "{}",
        "{\"specversion\":\"0.3\"}",
        "{\"source\":\"lifeline://x\"}",
        "{\"type\":\"dev.lifeline.wal.flushed.v9\"}",
        "{\"data\":{}}",
        "{\"sequence\":\"x\"}",
      })
  void refusesWhatIsNoEvent(String text) {
    byte[] line = text.getBytes(StandardCharsets.UTF_8);
    assertThrows(EventFormatException.class, () -> new LineReader().read(line));
  }
}
