package dev.lifeline.observe.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lifeline.observe.log.LogReading.Item;
import dev.lifeline.observe.log.LogReading.Step;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogReadingTest {
  private static final LogTime UTC = new LogTime(ZoneOffset.UTC);

  private static String json(int line, String message) {
    return ("{\"timestamp\":\"2026-11-22 08:17:04.684 UTC\",\"pid\":7,\"session_id\":\"6b02a500.7\","
            + "\"line_num\":%d,\"error_severity\":\"LOG\",\"message\":\"%s\","
            + "\"backend_type\":\"client backend\",\"query_id\":-5}\n")
        .formatted(line, message);
  }

  private static String csv(int line, String message) {
    return ("2026-11-22 08:17:04.684 UTC,\"ann\",\"bench\",7,\"::1:5432\",6b02a500.7,%d,\"SELECT\","
            + "2026-11-22 08:17:04 UTC,3/5,0,ERROR,42P01,\"%s\",,,,,,,,,\"psql\",\"client backend\",,0\n")
        .formatted(line, message);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static LogReading reading(LogFormat format) {
    return new LogReading(format.parser(UTC), "a", 0);
  }

  private static List<LogRecord> drain(LogReading reading) {
    List<LogRecord> records = new ArrayList<>();
    for (Item item = reading.next(); item != null; item = reading.next()) {
      LogRecord record = item.record();
      assertNotNull(record, item.toString());
      records.add(record);
    }
    return records;
  }

  /// Wherever the chunks are cut, in the middle of a character or of a line break within quotes.
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 64, 10_000})
  void recordsAreWholeHoweverTheChunksAreCut(int chunk) {
    byte[] log = bytes(csv(1, "one\n\"\"two\"\", é") + csv(2, "") + csv(3, "three\n"));
    LogReading reading = reading(LogFormat.CSVLOG);
    List<LogRecord> records = new ArrayList<>();
    for (int at = 0; at < log.length; at += chunk) {
      assertEquals(at, reading.readFrom());
      reading.chunk(Arrays.copyOfRange(log, at, Math.min(log.length, at + chunk)));
      records.addAll(drain(reading));
    }
    assertEquals(
        List.of("one\n\"two\", é", "", "three\n"),
        records.stream().map(LogRecord::message).toList());
    assertEquals(log.length, reading.offset());
    LogRecord first = records.getFirst();
    assertEquals("::1", first.remoteHost());
    assertEquals(5432, first.remotePort());
    assertEquals("6b02a500.7-1", first.id());
    assertEquals("42P01", first.stateCode());
    assertEquals(Instant.parse("2026-11-22T08:17:04.684Z"), first.timestamp());
    assertEquals(Instant.parse("2026-11-22T08:17:04Z"), first.sessionStart().plusSeconds(0));
  }

  @Test
  void bothFormsSayTheSame() {
    LogReading json = reading(LogFormat.JSONLOG);
    json.chunk(bytes(json(4, "a \\\"b\\\"\\n")));
    LogRecord record = drain(json).getFirst();
    assertEquals("a \"b\"\n", record.message());
    assertEquals("6b02a500.7-4", record.id());
    assertEquals(-5, record.queryId());
    assertNull(record.stateCode());
  }

  @Test
  void whatIsNoRecordIsHandedOutAsItIs() {
    LogReading reading = reading(LogFormat.JSONLOG);
    reading.chunk(bytes("half a rec\n" + json(1, "whole")));
    Item half = reading.next();
    assertNotNull(half);
    assertNull(half.record());
    assertEquals("half a rec\n", half.text());
    assertEquals("a@0", half.id());
    assertEquals("whole", drain(reading).getFirst().message());
  }

  @Test
  void anotherFileFollowsOnlyWhenItIsLater() {
    LogReading reading = reading(LogFormat.JSONLOG);
    byte[] log = bytes(json(1, "one"));
    reading.chunk(log);
    drain(reading);
    LogFile mine = new LogFile("a", log.length, 100);
    assertEquals(Step.SAME, reading.listed(List.of(mine, new LogFile("0", 9, 99)), log));
    assertEquals(
        Step.ROTATED,
        reading.listed(List.of(mine, new LogFile("c", 9, 107), new LogFile("b", 9, 105)), log));
    assertNull(reading.rotate());
    assertEquals("b", reading.file());
    assertEquals(0, reading.readFrom());
  }

  /// The listing knows seconds only; a changed `log_filename` need not sort behind the old one.
  @Test
  void withinASecondTheOneThatIsNewFollows() {
    LogReading reading = reading(LogFormat.JSONLOG);
    LogReading later = new LogReading(LogFormat.JSONLOG.parser(UTC), "z", 0);
    LogFile mine = new LogFile("z", 0, 100);
    assertEquals(Step.SAME, later.listed(List.of(mine, new LogFile("b", 0, 100)), new byte[0]));
    assertEquals(
        Step.ROTATED,
        later.listed(
            List.of(mine, new LogFile("b", 0, 100), new LogFile("c", 0, 100)), new byte[0]));
    later.rotate();
    assertEquals("c", later.file());
    assertThrows(IllegalStateException.class, reading::rotate);
  }

  @Test
  void theEndOfAFileMayBeHalfARecord() {
    LogReading reading = reading(LogFormat.JSONLOG);
    byte[] log = bytes(json(1, "one") + "{\"time");
    reading.chunk(log);
    drain(reading);
    reading.listed(List.of(new LogFile("a", log.length, 1), new LogFile("b", 0, 2)), log);
    Item half = reading.rotate();
    assertNotNull(half);
    assertEquals("{\"time", half.text());
  }

  @Test
  void aShorterFileOrAnotherBeginningIsANewFile() {
    byte[] log = bytes(json(1, "one"));
    LogReading shorter = reading(LogFormat.JSONLOG);
    shorter.chunk(log);
    drain(shorter);
    assertEquals(Step.TRUNCATED, shorter.listed(List.of(new LogFile("a", 5, 1)), bytes("{")));
    assertEquals(0, shorter.readFrom());

    LogReading other = reading(LogFormat.JSONLOG);
    other.chunk(log);
    drain(other);
    List<LogFile> files = List.of(new LogFile("a", 10_000, 1));
    assertEquals(Step.SAME, other.listed(files, Arrays.copyOf(log, 96)));
    assertEquals(Step.TRUNCATED, other.listed(files, bytes(json(9, "other").substring(30))));
  }

  @Test
  void aFileThatIsGoneIsFollowedByTheNext() {
    LogReading reading = reading(LogFormat.JSONLOG);
    assertEquals(Step.SAME, reading.listed(List.of(), new byte[0]));
    assertEquals(
        Step.REMOVED,
        reading.listed(List.of(new LogFile("c", 1, 9), new LogFile("b", 1, 5)), new byte[0]));
    assertEquals("b", reading.file());
  }

  /// 2026-10-25 02:30 is there twice in Berlin.
  @Test
  void theHourThatComesTwiceIsToldByItsAbbreviation() {
    LogTime berlin = new LogTime(ZoneId.of("Europe/Berlin"));
    assertEquals(
        Instant.parse("2026-10-25T00:30:01.5Z"), berlin.parse("2026-10-25 02:30:01.500 CEST"));
    assertEquals(
        Instant.parse("2026-10-25T01:30:01.5Z"), berlin.parse("2026-10-25 02:30:01.500 CET"));
    assertEquals(
        Instant.parse("2026-07-01T10:00:00Z"), berlin.parse("2026-07-01 12:00:00.000 CEST"));
    assertThrows(IllegalArgumentException.class, () -> berlin.parse("yesterday"));
    assertEquals(ZoneOffset.UTC, LogTime.zone("no/such"));
  }
}
