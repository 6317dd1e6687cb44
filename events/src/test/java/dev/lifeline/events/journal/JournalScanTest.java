package dev.lifeline.events.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.events.BgWriterEvent;
import dev.lifeline.events.LifecycleEvent;
import dev.lifeline.events.ProcessEvent;
import dev.lifeline.events.Subject;
import dev.lifeline.events.TransactionEvent;
import dev.lifeline.events.codec.EventType;
import dev.lifeline.events.codec.TimeText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A scan finds what a look at every line finds, and reads little of a long log to find it.
class JournalScanTest {
  private static final Subject BACKEND = new Subject("client backend", 7);
  private static final int EVENTS = 20_000;
  private static final String CRASHED = "dev.lifeline.process.crashed.v1";
  private static final String COMMITTED = "dev.lifeline.transaction.committed.v1";

  @TempDir private static Path dataDirectory;
  private static Path directory;
  private static List<JournalLine> all;

  /// Mostly commits; one crash in the middle, and quiet rounds in the first half only. The clock
  /// steps back now and then, once by much.
  @BeforeAll
  static void write() throws Exception {
    directory = dataDirectory.resolve(Journal.DIRECTORY);
    SplittableRandom random = new SplittableRandom(5);
    AtomicLong micros = new AtomicLong(1_800_000_000_000_000L);
    AtomicLong ticks = new AtomicLong();
    InstantSource clock =
        () -> {
          long step = random.nextInt(50) == 0 ? -random.nextLong(5_000) : random.nextLong(200);
          return TimeText.toInstant(
              micros.addAndGet(ticks.incrementAndGet() == EVENTS / 3 ? -300_000 : step));
        };
    JournalConfig config = JournalConfig.of(42).withSegmentBytes(1 << 20).withClock(clock);
    try (Journal journal = Journal.open(dataDirectory, config)) {
      for (int i = 1; i <= EVENTS; i++) {
        while (journal.emit(BACKEND, event(i)) == 0) {
          Thread.onSpinWait();
        }
        if (i % 1000 == 0) {
          journal.flush().get();
        }
      }
      journal.flush().get();
    }
    all = JournalReader.of(directory).read(1, Integer.MAX_VALUE);
    assertEquals(EVENTS, all.size());
  }

  private static LifecycleEvent event(int i) {
    if (i == EVENTS / 2) {
      return new ProcessEvent.Crashed(1, "X", "XX000", "no", 1);
    }
    return i % 10 == 0 && i < EVENTS / 2
        ? new BgWriterEvent.RoundCompleted(i, false, 0)
        : new TransactionEvent.Committed(i, i / 8.0, i * 40L);
  }

  private record Found(List<Long> sequences, long segments, long blocks, long lines) {}

  private static Found scan(JournalRange range) throws IOException {
    return scan(JournalReader.of(directory).scan(range));
  }

  private static Found scanBackward(JournalRange range) throws IOException {
    return scan(JournalReader.of(directory).scanBackward(range));
  }

  private static Found scan(JournalScan opened) throws IOException {
    try (JournalScan scan = opened) {
      List<Long> sequences = new ArrayList<>();
      while (!scan.atEnd()) {
        scan.next(100).forEach(line -> sequences.add(line.sequence()));
      }
      return new Found(sequences, scan.segmentsRead(), scan.blocksRead(), scan.linesRead());
    }
  }

  private static List<Long> expected(
      long first, long last, long from, long to, @Nullable Set<String> types) {
    return all.stream()
        .filter(line -> line.sequence() >= first && line.sequence() <= last)
        .filter(line -> line.timeMicros() >= from && line.timeMicros() <= to)
        .filter(line ->
            types == null
                || types.stream().anyMatch(t -> line.toString().contains("\"" + t + "\"")))
        .map(JournalLine::sequence)
        .toList();
  }

  @Test
  void findsWhatALookAtEveryLineFinds() throws Exception {
    SplittableRandom random = new SplittableRandom(11);
    for (int round = 0; round < 100; round++) {
      boolean bySequence = random.nextBoolean();
      boolean byTime = random.nextBoolean();
      long first = bySequence ? random.nextLong(EVENTS) : 1;
      long last = bySequence ? first + random.nextLong(EVENTS) : Long.MAX_VALUE;
      long from = byTime ? all.get(random.nextInt(EVENTS)).timeMicros() : Long.MIN_VALUE;
      long to = byTime ? from + random.nextLong(500_000) : Long.MAX_VALUE;
      Set<String> types =
          switch (random.nextInt(4)) {
            case 0 -> Set.of(CRASHED);
            case 1 -> Set.of(COMMITTED, "dev.lifeline.bgwriter.round_completed.v1");
            case 2 -> Set.of("dev.lifeline.no.such.v1");
            default -> null;
          };
      JournalRange range = new JournalRange(first, last, from, to, types);
      List<Long> expected = expected(first, last, from, to, types);
      assertEquals(expected, scan(range).sequences());
      assertEquals(expected.reversed(), scanBackward(range).sequences());
    }
  }

  @Test
  void readsNoMoreThanItMust() throws Exception {
    Found whole = scan(JournalRange.ALL);
    assertTrue(whole.segments() > 5 && whole.blocks() > 80, whole::toString);
    assertEquals(EVENTS, whole.lines());

    Found one = scan(new JournalRange(12_345, 12_345, Long.MIN_VALUE, Long.MAX_VALUE, null));
    assertEquals(List.of(12_345L), one.sequences());
    assertEquals(1, one.blocks());

    Found crash =
        scan(new JournalRange(1, Long.MAX_VALUE, Long.MIN_VALUE, Long.MAX_VALUE, Set.of(CRASHED)));
    assertEquals(List.of(EVENTS / 2L), crash.sequences());
    assertEquals(1, crash.segments());
    assertEquals(1, crash.blocks());

    long at = all.get(17_000).timeMicros();
    Found moment = scan(new JournalRange(1, Long.MAX_VALUE, at, at + 1_000, null));
    assertTrue(moment.sequences().contains(17_001L), moment::toString);
    assertTrue(moment.blocks() <= 6, moment::toString);

    Found nothing = scan(new JournalRange(1, Long.MAX_VALUE, 0, 1_000, null));
    assertEquals(0, nothing.lines());
  }

  @Test
  void theLastEventsAreReadFromTheEnd() throws Exception {
    try (JournalScan scan = JournalReader.of(directory).scanBackward(JournalRange.ALL)) {
      List<Long> last = scan.next(100).stream().map(JournalLine::sequence).toList();
      assertEquals(LongStream.range(0, 100).mapToObj(i -> EVENTS - i).toList(), last);
      assertEquals(1, scan.segmentsRead());
      assertTrue(scan.blocksRead() <= 2, () -> "blocks: " + scan.blocksRead());
    }
    Found crash =
        scanBackward(
            new JournalRange(1, Long.MAX_VALUE, Long.MIN_VALUE, Long.MAX_VALUE, Set.of(CRASHED)));
    assertEquals(new Found(List.of(EVENTS / 2L), 1, 1, crash.lines()), crash);
    Found whole = scanBackward(JournalRange.ALL);
    assertEquals(scan(JournalRange.ALL).blocks(), whole.blocks());
    assertEquals(EVENTS, whole.lines());
  }

  /// A segment whose index is gone, or of a version that knew less, is indexed anew.
  @Test
  void indexesAnewWhatHasNoIndex() throws Exception {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.filter(f -> f.toString().endsWith(Segments.INDEX)).toList()) {
        Files.write(file, new byte[] {1, 2, 3});
      }
    }
    Found crash =
        scan(new JournalRange(1, Long.MAX_VALUE, Long.MIN_VALUE, Long.MAX_VALUE, Set.of(CRASHED)));
    assertEquals(List.of(EVENTS / 2L), crash.sequences());
    assertEquals(1, crash.blocks());
  }

  @Test
  void aScanEndsWhereTheLogEndedWhenItBegan() throws Exception {
    Path own = Files.createDirectory(dataDirectory.resolve("growing"));
    try (Journal journal = Journal.open(own, JournalConfig.of(42))) {
      journal.emit(BACKEND, event(1));
      journal.flush().get();
      try (JournalScan scan = journal.reader().scan(JournalRange.ALL)) {
        journal.emit(BACKEND, event(2));
        journal.flush().get();
        assertEquals(1, scan.next(100).size());
        assertEquals(0, scan.next(100).size());
        assertTrue(scan.atEnd());
      }
      try (JournalScan scan = journal.reader().scanBackward(JournalRange.ALL)) {
        journal.emit(BACKEND, event(3));
        journal.flush().get();
        assertEquals(List.of(2L, 1L), scan.next(100).stream().map(JournalLine::sequence).toList());
        assertTrue(scan.next(100).isEmpty() && scan.atEnd());
      }
    }
  }

  /// The number is on disk: it must not change.
  @Test
  void theNumberOfATypeIsTheOneThatWasWritten() {
    assertEquals(List.of(69, 73, 107), slots());
    JournalLine line = all.getFirst();
    assertEquals(
        EventType.all().stream()
            .filter(t -> t.name().equals(COMMITTED))
            .findFirst()
            .orElseThrow()
            .slot(),
        dev.lifeline.events.codec.LineFormat.typeSlot(line.bytes(), 0, line.bytes().length));
  }

  private static List<Integer> slots() {
    return Stream.of(COMMITTED, CRASHED, "dev.lifeline.wal.flushed.v1")
        .map(dev.lifeline.events.codec.LineFormat::typeSlot)
        .toList();
  }
}
