package dev.lifeline.events.timeline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.events.CheckpointEvent;
import dev.lifeline.events.ConnectionEvent;
import dev.lifeline.events.LifecycleEvent;
import dev.lifeline.events.Origin;
import dev.lifeline.events.PostmasterEvent;
import dev.lifeline.events.ProcessEvent;
import dev.lifeline.events.Subject;
import dev.lifeline.events.TransactionEvent;
import dev.lifeline.events.journal.Journal;
import dev.lifeline.events.journal.JournalConfig;
import dev.lifeline.events.journal.JournalReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The index against what a look at every event says.
class TimelineIndexTest {
  private static final int CAPACITY = 64;
  private static final int EVENTS = 1000;
  private static final Subject POSTMASTER = new Subject("postmaster", 100);
  private static final Subject CHECKPOINTER = new Subject("checkpointer", 101);

  @TempDir private Path dir;
  private final SteppedClock clock = new SteppedClock();

  /// Goes on by hand.
  private static final class SteppedClock extends Clock {
    private Instant now = Instant.parse("2026-11-22T18:00:00Z");

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return now;
    }
  }

  private Path log() {
    return dir.resolve(Journal.DIRECTORY);
  }

  private Journal journal() throws IOException {
    return Journal.open(dir, JournalConfig.of(7).withClock(clock));
  }

  /// A start, then sessions that come, commit and go, some of them by a crash, and checkpoints.
  @BeforeEach
  void writeALog() throws Exception {
    SplittableRandom random = new SplittableRandom(42);
    try (Journal journal = journal()) {
      emit(journal, POSTMASTER, new PostmasterEvent.Started("1", "15", "/data", 1), 0, 0);
      emit(journal, CHECKPOINTER, new ProcessEvent.Forked(100), 1, 10);
      List<Integer> backends = new ArrayList<>();
      int nextPid = 200;
      long lsn = 1000;
      boolean checkpointing = false;
      long written = 0;
      while (written < EVENTS) {
        long pause = random.nextInt(20) == 0 ? 5_000_000 : random.nextInt(2000);
        int choice = random.nextInt(20);
        if (choice == 0 || backends.isEmpty()) {
          Subject backend = new Subject("client backend", nextPid++);
          backends.add(backend.pid());
          long forked = emit(journal, backend, new ProcessEvent.Forked(100), 1, pause);
          written =
              emit(
                  journal,
                  backend,
                  new ConnectionEvent.Authorized("ada", "mydb", null, null, null),
                  forked,
                  100);
        } else if (choice == 1) {
          int pid = backends.remove(/* index */ random.nextInt(backends.size()));
          LifecycleEvent end =
              random.nextInt(4) == 0
                  ? new ProcessEvent.Crashed(134, null, null, null, 1)
                  : new ProcessEvent.Exited(0, 1);
          written = emit(journal, new Subject("client backend", pid), end, 0, pause);
        } else if (choice == 2) {
          LifecycleEvent event =
              checkpointing
                  ? new CheckpointEvent.Skipped(CheckpointEvent.Reason.TIME, lsn)
                  : new CheckpointEvent.Started(CheckpointEvent.Reason.TIME, lsn);
          checkpointing = !checkpointing;
          written = emit(journal, CHECKPOINTER, event, 0, pause);
        } else {
          lsn += random.nextInt(500);
          int pid = backends.get(random.nextInt(backends.size()));
          written =
              emit(
                  journal,
                  new Subject("client backend", pid),
                  new TransactionEvent.Committed(lsn, random.nextInt(50), lsn),
                  0,
                  pause);
        }
      }
    }
  }

  private long emit(
      Journal journal, Subject who, LifecycleEvent what, long cause, long pauseMicros) {
    clock.now = clock.now.plusNanos(1000 * pauseMicros);
    return journal.emit(who, what, cause);
  }

  private TimelineIndex index() throws IOException {
    TimelineIndex index =
        new TimelineIndex(JournalReader.of(log()), dir.resolve("timeline"), CAPACITY);
    while (!index.refresh(100)) {
      // Until there is no more.
    }
    return index;
  }

  private static List<Tick> all(TimelineIndex index) {
    return index.neighbours(0, Integer.MAX_VALUE, TickFilter.ALL);
  }

  @Test
  void everyEventIsOneTickAndTheAxesNeverGoBack() throws Exception {
    List<Tick> ticks = all(index());
    assertEquals(EVENTS, ticks.size(), 2);
    Place before = Place.ORIGIN;
    long sequence = 1;
    for (Tick tick : ticks) {
      assertEquals(sequence++, tick.place().sequence());
      for (Axis axis : Axis.values()) {
        assertTrue(tick.place().at(axis) >= before.at(axis), axis + " at " + tick);
      }
      before = tick.place();
    }
    long seconds = (before.time() - ticks.getFirst().place().time()) / 1_000_000;
    assertTrue(seconds > 100, "there are long pauses in the log: " + seconds + " s");
    assertTrue(before.active() < 60_000_000, "which are no activity: " + before);
  }

  /// At every scale a tile has what lies in it, as ticks or as counts that add up to them.
  @Test
  void tilesOfEveryScaleHaveAllEvents() throws Exception {
    TimelineIndex index = index();
    List<Tick> ticks = all(index);
    for (Axis axis : Axis.values()) {
      long first = ticks.getFirst().place().at(axis);
      long last = ticks.getLast().place().at(axis);
      for (int level = 0; level < 24; level++) {
        if ((last - first) >> level > 200_000) {
          continue; // too many tiles to look at
        }
        int shift = level + 9;
        long total = 0;
        for (long i = first >> shift; i <= last >> shift; i++) {
          Tile tile = index.tile(axis, level, i, TickFilter.ALL);
          long inside =
              ticks.stream()
                  .mapToLong(tick -> tick.place().at(axis))
                  .filter(at -> at >= tile.from() && at < tile.to())
                  .count();
          assertEquals(inside, tile.total(), axis + " " + level);
          assertEquals(inside, tile.ticks().size(), axis + " " + level);
          total += inside;
        }
        assertEquals(ticks.size(), total);
      }
    }
  }

  @Test
  void countsAreThoseOfTheTicksWhereverTheyComeFrom() throws Exception {
    TimelineIndex index = index();
    List<Tick> ticks = all(index);
    for (Axis axis : Axis.values()) {
      for (int level = 2; level < 40; level += 3) {
        long first = (ticks.getFirst().place().at(axis) >> level) << level;
        long last = ticks.getLast().place().at(axis) + 1;
        Buckets expected = new Buckets();
        for (Tick tick : ticks) {
          expected.add(
              (tick.place().at(axis) - first) >> level,
              tick.row(),
              tick.group().number(),
              1,
              tick.durationMs(),
              tick.place().sequence());
        }
        assertEquals(
            entries(expected), entries(index.counts(axis, level, first, last)), axis + " " + level);
      }
    }
  }

  /// Without the sequence of the longest, which may be that of another one as long.
  private static List<String> entries(Buckets buckets) {
    List<String> entries = new ArrayList<>();
    buckets.forEach(e ->
        entries.add(
            e.bucket() + " " + e.row() + " " + e.group() + " " + e.count() + " " + e.longestMs()));
    return entries;
  }

  @Test
  void rowsAreSharedByThoseWhoDoNotLiveAtOnce() throws Exception {
    TimelineIndex index = index();
    Tile whole = index.tile(Axis.SEQUENCE, 10, 0, TickFilter.ALL);
    List<Slice> lives = whole.slices().stream().filter(s -> s.kind() == Slice.Kind.LIFE).toList();
    assertTrue(lives.size() > 30, "there were many processes: " + lives.size());
    assertTrue(index.rows().size() < lives.size(), "on fewer rows");
    for (Slice a : lives) {
      for (Slice b : lives) {
        boolean apart =
            a.equals(b)
                || a.row() != b.row()
                || (a.end() != Slice.End.OPEN && a.to().sequence() < b.from().sequence())
                || (b.end() != Slice.End.OPEN && b.to().sequence() < a.from().sequence());
        assertTrue(apart, a + " and " + b);
      }
    }
    assertTrue(lives.stream().anyMatch(s -> s.end() == Slice.End.CRASHED));
    assertTrue(lives.stream().anyMatch(s -> s.end() == Slice.End.OPEN));
  }

  /// Whatever part of the log is looked at, the postmaster is seen to live in it.
  @Test
  void whatLastsLongIsInEveryTileThatItCrosses() throws Exception {
    TimelineIndex index = index();
    for (long i = 0; i < EVENTS / Tile.BUCKETS; i++) {
      Tile tile = index.tile(Axis.SEQUENCE, 0, i, TickFilter.ALL);
      assertTrue(
          tile.slices().stream()
              .anyMatch(s -> s.kind() == Slice.Kind.LIFE && s.pid() == POSTMASTER.pid()));
    }
    // A checkpoint that spans several blocks, found in one where it neither begins nor ends.
    Slice longest =
        index.tile(Axis.SEQUENCE, 10, 0, TickFilter.ALL).slices().stream()
            .filter(s -> s.kind() == Slice.Kind.SESSION && s.end() != Slice.End.OPEN)
            .max((a, b) ->
                Long.compare(
                    a.to().sequence() - a.from().sequence(),
                    b.to().sequence() - b.from().sequence()))
            .orElseThrow();
    long middle = (longest.from().sequence() + longest.to().sequence()) / 2;
    assertTrue(longest.to().sequence() - longest.from().sequence() > 2 * CAPACITY);
    Tile within = index.tile(Axis.TIME, 0, timeOf(index, middle) >> 9, TickFilter.ALL);
    assertTrue(within.slices().contains(longest), longest + " in " + within.slices());
  }

  private static long timeOf(TimelineIndex index, long sequence) {
    Tick tick = index.tick(sequence);
    assertNotNull(tick);
    return tick.place().time();
  }

  @Test
  void anIndexThatIsOpenedAgainSaysTheSame() throws Exception {
    byte[] before;
    try (TimelineIndex index = index()) {
      before = index.tile(Axis.TIME, 20, clockTile(20), TickFilter.ALL).toBytes();
    }
    try (Stream<Path> files = Files.list(dir.resolve("timeline"))) {
      assertEquals(EVENTS / CAPACITY, files.count());
    }
    try (TimelineIndex again = index()) {
      assertArrayEquals(before, again.tile(Axis.TIME, 20, clockTile(20), TickFilter.ALL).toBytes());
    }
  }

  private long clockTile(int level) {
    return (clock.now.getEpochSecond() * 1_000_000) >> (level + 9);
  }

  @Test
  void itGrowsWithTheLog() throws Exception {
    try (TimelineIndex index = index()) {
      long last = index.last().sequence();
      try (Journal journal = journal()) {
        long sequence = emit(journal, CHECKPOINTER, new ProcessEvent.Exited(0, 1), last, 50);
        assertTrue(journal.awaitFlush(Duration.ofSeconds(20)));
        assertTrue(index.refresh(1000));
        assertEquals(sequence, index.last().sequence());
        assertEquals(
            List.of(sequence),
            index.effects(last, 10, 10).stream().map(t -> t.place().sequence()).toList());
      }
    }
  }

  /// The log is right, whatever the blocks say.
  @Test
  void blocksOfAnotherLogAreThrownAway() throws Exception {
    byte[] right;
    try (TimelineIndex index = index()) {
      right = index.tile(Axis.SEQUENCE, 1, 0, TickFilter.ALL).toBytes();
    }
    Path block;
    try (Stream<Path> files = Files.list(dir.resolve("timeline"))) {
      block = files.sorted().skip(3).findFirst().orElseThrow();
    }
    // The header says that it ends with another line than the log has there.
    byte[] bytes = Files.readAllBytes(block);
    bytes[24] ^= 1;
    Files.write(block, bytes, StandardOpenOption.TRUNCATE_EXISTING);
    try (TimelineIndex again = index()) {
      assertArrayEquals(right, again.tile(Axis.SEQUENCE, 1, 0, TickFilter.ALL).toBytes());
    }
  }

  @Test
  void filtersAdmitByTypeProcessAndPid() throws Exception {
    TimelineIndex index = index();
    List<Tick> ticks = all(index);
    TickFilter commits =
        new TickFilter(List.of("transaction.*"), List.of("client backend"), List.of(201));
    List<Tick> expected =
        ticks.stream()
            .filter(t ->
                t.pid() == 201
                    && TimelineIndex.types().get(t.type()).equals("transaction.committed"))
            .toList();
    assertFalse(expected.isEmpty());
    Tile tile = index.tile(Axis.SEQUENCE, 10, 0, commits);
    assertEquals(expected, tile.ticks());
    Tick first = index.neighbours(0, 1, commits).getFirst();
    assertEquals(expected.getFirst(), first);
    assertEquals(
        List.of(), index.neighbours(first.place().sequence(), -5, commits), "none before it");
  }

  /// The first events come before any position is known; the axis does not begin at 0 for that.
  @Test
  void theAxisOfTheWalBeginsWhereTheLogFirstTellsOne() throws Exception {
    TimelineIndex index = index();
    List<Tick> ticks = all(index);
    assertEquals(0, ticks.getFirst().place().lsn());
    long told = ticks.stream().mapToLong(t -> t.place().lsn()).filter(l -> l > 0).min().orElse(0);
    assertEquals(told, index.first().lsn());
    assertEquals(1, index.first().sequence());
  }

  /// A word about somebody who has ended begins no new life.
  @Test
  void whoHasEndedStaysEnded() throws Exception {
    try (TimelineIndex index = index()) {
      Tile before = index.tile(Axis.SEQUENCE, 10, 0, TickFilter.ALL);
      Slice ended =
          before.slices().stream()
              .filter(s -> s.kind() == Slice.Kind.LIFE && s.end() == Slice.End.DONE)
              .findFirst()
              .orElseThrow();
      try (Journal journal = journal()) {
        Subject late = new Subject("client backend", ended.pid());
        long sequence = emit(journal, late, new TransactionEvent.RolledBack(1, 1), 0, 50);
        assertTrue(journal.awaitFlush(Duration.ofSeconds(20)));
        assertTrue(index.refresh(1000));
        Tick tick = index.tick(sequence);
        assertNotNull(tick);
        assertEquals(ended.row(), tick.row());
        assertEquals(
            before.slices().size(),
            index.tile(Axis.SEQUENCE, 10, 0, TickFilter.ALL).slices().size());
      }
    }
  }

  /// The next postmaster tells that the one before it was lost: that ends no life but that one's.
  @Test
  void aPostmasterThatWasKilledDoesNotTakeTheNextOneAlong() throws Exception {
    Subject second = new Subject("postmaster", 900);
    try (TimelineIndex index = index()) {
      try (Journal journal = journal()) {
        emit(journal, second, new PostmasterEvent.Started("1", "15", "/data", 900), 0, 5_000_000);
        emit(journal, POSTMASTER, new ProcessEvent.Lost(900, EVENTS), 0, 10);
        emit(journal, second, new PostmasterEvent.StateChanged("PM_STARTUP", "PM_RUN"), 0, 10);
        emit(journal, second, new PostmasterEvent.StateChanged("PM_RUN", "PM_SHUTDOWN"), 0, 10);
        emit(journal, second, new PostmasterEvent.Stopped(null, 0, 1), 0, 10);
        assertTrue(journal.awaitFlush(Duration.ofSeconds(20)));
        assertTrue(index.refresh(1000));
      }
      List<String> told =
          index.tile(Axis.SEQUENCE, 10, 0, TickFilter.ALL).slices().stream()
              .filter(slice -> Set.of(100, 900).contains(slice.pid()))
              .sorted(Comparator.comparingLong(slice -> slice.from().sequence()))
              .map(slice -> slice.pid() + " " + slice.label() + " " + slice.end())
              .toList();
      assertEquals(
          List.of(
              "100 postmaster LOST",
              "900 postmaster DONE",
              "900 PM_RUN DONE",
              "900 PM_SHUTDOWN DONE"),
          told);
    }
  }

  private void emitOfStandby(Journal journal, String type, int pid, LifecycleEvent what) {
    clock.now = clock.now.plusNanos(10_000);
    Subject who = new Subject("second host " + type, pid);
    journal.emit(who, what, 0, null, clock.now, new Origin("second/host", null, "", 0, 0));
  }

  /// A primary and its standby are on one timeline, each with a postmaster of its own, which on
  /// another host may have the same pid: what befalls one ends nothing of the other, nor after the
  /// index was opened again.
  @Test
  void aStandbyLivesBesideItsPrimary() throws Exception {
    int same = POSTMASTER.pid();
    try (TimelineIndex index = index()) {
      try (Journal journal = journal()) {
        emitOfStandby(journal, "postmaster", same, new PostmasterEvent.Started("1", "15", "", 1));
        emitOfStandby(journal, "startup", 901, new ProcessEvent.Forked(same));
        emit(journal, POSTMASTER, new PostmasterEvent.StateChanged("PM_RUN", "PM_RUN"), 0, 10);
        assertTrue(journal.awaitFlush(Duration.ofSeconds(20)));
        assertTrue(index.refresh(1000));
      }
      assertEquals(List.of("postmaster OPEN", "second host postmaster OPEN"), lives(index, same));
    }
    try (TimelineIndex index = index()) {
      try (Journal journal = journal()) {
        emitOfStandby(journal, "postmaster", same, new PostmasterEvent.Stopped(null, 0, 1));
        emit(journal, POSTMASTER, new PostmasterEvent.StateChanged("PM_RUN", "PM_RUN"), 0, 10);
        assertTrue(journal.awaitFlush(Duration.ofSeconds(20)));
        assertTrue(index.refresh(1000));
      }
      assertEquals(List.of("postmaster OPEN", "second host postmaster DONE"), lives(index, same));
      assertEquals(List.of("second host startup DONE"), lives(index, 901));
    }
  }

  private static List<String> lives(TimelineIndex index, int pid) throws Exception {
    return index.tile(Axis.SEQUENCE, 10, 0, TickFilter.ALL).slices().stream()
        .filter(slice -> slice.pid() == pid && slice.kind() == Slice.Kind.LIFE)
        .map(slice -> slice.label() + " " + slice.end())
        .sorted()
        .toList();
  }

  @Test
  void anInstantIsFoundOnEveryAxis() throws Exception {
    TimelineIndex index = index();
    Tick tick = index.tick(500);
    assertNotNull(tick);
    for (Axis axis : Axis.values()) {
      Place found = index.locate(axis, tick.place().at(axis));
      assertNotNull(found);
      assertEquals(tick.place().at(axis), found.at(axis));
      assertTrue(found.sequence() >= 500);
    }
    assertNull(index.locate(Axis.TIME, 0));
    assertNull(index.tick(EVENTS * 2L));
  }
}
