package dev.lifeline.events.journal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.events.Envelope;
import dev.lifeline.events.LifecycleEvent;
import dev.lifeline.events.ObserverEvent;
import dev.lifeline.events.ProcessEvent;
import dev.lifeline.events.RandomEvents;
import dev.lifeline.events.Subject;
import dev.lifeline.events.TransactionEvent;
import dev.lifeline.events.codec.EventType;
import dev.lifeline.events.codec.LineReader;
import dev.lifeline.events.codec.TimeText;
import dev.lifeline.events.state.ClusterState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableSet;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JournalTest {
  private static final long CLUSTER = 7_300_000_000_000_000_001L;
  private static final Subject BACKEND = new Subject("client backend", 7);

  @TempDir Path dataDirectory;

  private static LifecycleEvent event(int i) {
    return new TransactionEvent.Committed(i, i / 8.0, i * 40L);
  }

  /// A clock that mostly goes forward, and now and then back as NTP would have it.
  private static InstantSource unsteadyClock(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    AtomicLong micros = new AtomicLong(1_800_000_000_000_000L);
    return () -> {
      long step = random.nextInt(50) == 0 ? -random.nextLong(5_000) : random.nextLong(200);
      return TimeText.toInstant(micros.addAndGet(step));
    };
  }

  private Path directory() {
    return dataDirectory.resolve(Journal.DIRECTORY);
  }

  private static List<JournalLine> all(JournalReader reader) throws IOException {
    return reader.read(1, Integer.MAX_VALUE);
  }

  private static List<Long> sequences(List<JournalLine> lines) {
    return lines.stream().map(JournalLine::sequence).toList();
  }

  private static VerifyReport.Damage damage(VerifyReport report) {
    VerifyReport.Damage damage = report.damage();
    assertNotNull(damage);
    return damage;
  }

  private static void assertDense(List<JournalLine> lines, long first, long last) {
    assertEquals(last - first + 1, lines.size());
    for (int i = 0; i < lines.size(); i++) {
      assertEquals(first + i, lines.get(i).sequence());
    }
  }

  @Test
  void keepsWhatWasEmittedAcrossRestarts() throws Exception {
    JournalConfig config = JournalConfig.of(CLUSTER);
    for (int run = 0; run < 3; run++) {
      try (Journal journal = Journal.open(dataDirectory, config)) {
        assertEquals(new OpenReport(run * 100L, 0, false), journal.openReport());
        for (int i = 1; i <= 100; i++) {
          assertEquals(run * 100L + i, journal.emit(BACKEND, event(i), run * 100L + i - 1));
        }
        journal.flush().get();
        assertEquals(run * 100L + 100, journal.durableSequence());
      }
    }
    JournalReader reader = JournalReader.of(directory());
    List<JournalLine> lines = all(reader);
    assertDense(lines, 1, 300);
    Envelope last = lines.get(299).envelope(new LineReader());
    assertEquals(event(100), last.event());
    assertEquals(299, last.cause());
    assertEquals(BACKEND, last.subject());
    VerifyReport report = JournalVerifier.verify(directory());
    assertTrue(report.intact(), () -> String.valueOf(report.damage()));
    assertEquals(300, report.lastSequence());
    assertEquals(300, reader.lastSequence());
  }

  @Test
  void refusesTheLogOfAnotherCluster() throws Exception {
    try (Journal journal = Journal.open(dataDirectory, JournalConfig.of(CLUSTER))) {
      journal.emit(BACKEND, event(1));
    }
    IOException e =
        assertThrows(
            IOException.class, () -> Journal.open(dataDirectory, JournalConfig.of(CLUSTER + 1)));
    assertTrue(e.toString().contains("belongs to the cluster " + CLUSTER), e.toString());
  }

  @Test
  void importantEventsAreDurableBeforeTheyAreSeenAndOthersSoonAfter() throws Exception {
    try (Journal journal = Journal.open(dataDirectory, JournalConfig.of(CLUSTER))) {
      long crashed = journal.emit(BACKEND, new ProcessEvent.Crashed(1, "X", "XX000", "no", 1));
      while (journal.lastSequence() < crashed) {
        Thread.onSpinWait();
      }
      assertTrue(journal.durableSequence() >= crashed);
      long other = journal.emit(BACKEND, event(1));
      while (journal.durableSequence() < other) {
        Thread.sleep(1); // nobody asks for it; a hang here is the failure
      }
    }
  }

  @Test
  void whatManyThreadsEmitIsDenseAndKeepsEachThreadsOrder() throws Exception {
    int threads = 4;
    int each = 5_000;
    try (Journal journal =
        Journal.open(dataDirectory, JournalConfig.of(CLUSTER).withSegmentBytes(1 << 20))) {
      List<Thread> emitters = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        Subject subject = new Subject("client backend", t + 1);
        emitters.add(
            Thread.ofPlatform()
                .start(() -> {
                  for (int i = 1; i <= each; i++) {
                    journal.emit(subject, event(i));
                  }
                }));
      }
      for (Thread emitter : emitters) {
        emitter.join();
      }
      assertEquals(0, journal.dropped());
    }
    List<JournalLine> lines = all(JournalReader.of(directory()));
    assertDense(lines, 1, (long) threads * each);
    long[] last = new long[threads + 1];
    LineReader reader = new LineReader();
    for (JournalLine line : lines) {
      Envelope envelope = line.envelope(reader);
      long xid = ((TransactionEvent.Committed) envelope.event()).xid();
      assertEquals(++last[envelope.subject().pid()], xid);
    }
    assertTrue(JournalVerifier.verify(directory()).intact());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void theStateAtAnySequenceAndInstantIsTheFoldUpToIt(long seed) throws Exception {
    SplittableRandom random = new SplittableRandom(seed);
    RandomEvents events = new RandomEvents(seed);
    List<EventType> types = EventType.all();
    JournalConfig config =
        JournalConfig.of(CLUSTER).withSegmentBytes(100_000).withClock(unsteadyClock(seed));
    int count = 2_000;
    try (Journal journal = Journal.open(dataDirectory, config)) {
      for (int i = 1; i <= count; i++) {
        EventType type = types.get(random.nextInt(types.size()));
        Subject subject = new Subject("client backend", random.nextInt(20));
        journal.emit(subject, events.event(type.eventClass()));
        if (random.nextInt(200) == 0) {
          journal.flush().get();
        }
      }
      journal.flush().get();
      checkStates(journal.reader(), count, random);
    }
    JournalReader reader = JournalReader.of(directory());
    checkStates(reader, count, random);
    // Index and snapshots only make it faster.
    for (String suffix : List.of(Segments.INDEX, Segments.SNAPSHOT)) {
      NavigableSet<Long> files = new Segments(directory()).list(suffix);
      assertTrue(files.size() > 3, suffix);
      for (Long number : files) {
        Files.delete(directory().resolve(Segments.name(number, suffix)));
      }
    }
    checkStates(JournalReader.of(directory()), count, random);
  }

  private static void checkStates(JournalReader reader, int count, SplittableRandom random)
      throws IOException {
    List<JournalLine> lines = all(reader);
    assertDense(lines, 1, count);
    LineReader codec = new LineReader();
    List<ClusterState> states = new ArrayList<>(List.of(ClusterState.EMPTY));
    long[] latest = new long[count + 1];
    latest[0] = Long.MIN_VALUE;
    for (JournalLine line : lines) {
      states.add(states.getLast().apply(line.envelope(codec)));
      int i = (int) line.sequence();
      latest[i] = Math.max(latest[i - 1], line.timeMicros());
    }
    for (int i = 0; i < 60; i++) {
      int sequence = random.nextInt(count + 1);
      assertArrayEquals(states.get(sequence).toJson(), reader.stateAt(sequence).toJson());
      long micros = lines.get(random.nextInt(count)).timeMicros() + random.nextInt(-1, 2);
      int expected = count;
      while (latest[expected] > micros) {
        expected--;
      }
      Instant time = TimeText.toInstant(micros);
      assertEquals(expected, reader.sequenceAt(time));
      assertArrayEquals(states.get(expected).toJson(), reader.stateAt(time).toJson());
    }
    assertEquals(0, reader.sequenceAt(Instant.EPOCH));
    assertEquals(count, reader.sequenceAt(Instant.MAX.minusSeconds(1L << 54)));
  }

  @Test
  void retentionStopsAtWhatAProjectionHasYetToRead() throws Exception {
    JournalConfig config =
        JournalConfig.of(CLUSTER)
            .withSegmentBytes(20_000)
            .withRetention(Duration.ofDays(1), 50_000);
    try (Journal journal = Journal.open(dataDirectory, config)) {
      ReadHold hold = journal.hold("kafka", 1);
      emit(journal, 1, 500);
      assertEquals(1, journal.reader().firstSequence());
      hold.advance(301);
      emit(journal, 501, 600);
      long first = journal.reader().firstSequence();
      assertTrue(first > 200 && first <= 301, "first is " + first);
      assertArrayEquals(
          journal.state().toJson(), journal.reader().stateAt(Long.MAX_VALUE).toJson());
      assertEquals(first, journal.reader().read(1, 1).getFirst().sequence());
      hold.close();
      emit(journal, 601, 800);
      assertTrue(journal.reader().firstSequence() > 600);
    }
    assertTrue(JournalVerifier.verify(directory()).intact());
    try (Journal journal = Journal.open(dataDirectory, config)) {
      assertEquals(800, journal.stateAtOpen().count(TransactionEvent.Committed.class));
    }
  }

  @Test
  void retentionByAgeLooksAtTheEventsTimes() throws Exception {
    AtomicLong now = new AtomicLong(1_800_000_000_000_000L);
    JournalConfig config =
        JournalConfig.of(CLUSTER)
            .withSegmentBytes(20_000)
            .withRetention(Duration.ofHours(1), Long.MAX_VALUE)
            .withClock(() -> TimeText.toInstant(now.get()));
    try (Journal journal = Journal.open(dataDirectory, config)) {
      emit(journal, 1, 200);
      now.addAndGet(Duration.ofHours(2).toMillis() * 1000);
      emit(journal, 201, 400);
      assertTrue(journal.reader().firstSequence() > 100);
      assertTrue(journal.reader().firstSequence() <= 201);
    }
  }

  private static void emit(Journal journal, int from, int to) throws Exception {
    for (int i = from; i <= to; i++) {
      journal.emit(BACKEND, event(i));
      if (i % 50 == 0) {
        journal.flush().get();
      }
    }
  }

  @Test
  void aTornTailIsCutOffAndReported() throws Exception {
    JournalConfig config = JournalConfig.of(CLUSTER);
    SplittableRandom random = new SplittableRandom(9);
    int whole = 0;
    for (int round = 0; round < 12; round++) {
      try (Journal journal = Journal.open(dataDirectory, config)) {
        for (int i = 0; i < 5; i++) {
          journal.emit(BACKEND, event(i));
        }
      }
      Path file = directory().resolve(Segments.name(1, Segments.SEGMENT));
      byte[] bytes = Files.readAllBytes(file);
      int lastLine = bytes.length - 1;
      while (bytes[lastLine - 1] != '\n') {
        lastLine--;
      }
      int keep = random.nextInt(lastLine + 1, bytes.length);
      byte[] torn = Arrays.copyOf(bytes, keep);
      if (round % 3 == 0) {
        torn = Arrays.copyOf(torn, keep + random.nextInt(1, 5_000)); // zeros, as after a power cut
      }
      Files.write(file, torn, StandardOpenOption.TRUNCATE_EXISTING);
      VerifyReport damaged = JournalVerifier.verify(directory());
      assertEquals(VerifyReport.Kind.TORN_TAIL, damage(damaged).kind());
      assertEquals(lastLine, damage(damaged).offset());
      whole = (int) damaged.lastSequence();
      try (Journal journal = Journal.open(dataDirectory, config)) {
        assertEquals(new OpenReport(whole, torn.length - lastLine, false), journal.openReport());
      }
      List<JournalLine> lines = all(JournalReader.of(directory()));
      assertDense(lines, 1, whole + 1);
      ObserverEvent.GapDetected gap =
          (ObserverEvent.GapDetected) lines.getLast().envelope(new LineReader()).event();
      assertEquals(torn.length - lastLine, gap.missingBytes());
      assertTrue(JournalVerifier.verify(directory()).intact());
    }
  }

  @Test
  void damageInTheMiddleIsToldAndNotCutOff() throws Exception {
    JournalConfig config = JournalConfig.of(CLUSTER);
    try (Journal journal = Journal.open(dataDirectory, config)) {
      emit(journal, 1, 100);
    }
    Path file = directory().resolve(Segments.name(1, Segments.SEGMENT));
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 4;
    Files.write(file, bytes);
    try (Journal journal = Journal.open(dataDirectory, config)) {
      assertEquals(new OpenReport(100, 0, true), journal.openReport());
      assertEquals(102, journal.emit(BACKEND, event(1)));
    }
    VerifyReport report = JournalVerifier.verify(directory());
    assertEquals(VerifyReport.Kind.BAD_CRC, damage(report).kind());
    assertEquals(report.lastSequence() + 1, damage(report).line());
    List<Long> read = sequences(all(JournalReader.of(directory())));
    assertEquals(102, read.getLast());
    assertTrue(read.containsAll(List.of(1L, 100L, 101L)), "what is whole stays readable");
  }
}
