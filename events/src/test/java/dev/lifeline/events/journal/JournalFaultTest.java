package dev.lifeline.events.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.events.Envelope;
import dev.lifeline.events.ObserverEvent;
import dev.lifeline.events.StatementEvent;
import dev.lifeline.events.Subject;
import dev.lifeline.events.TransactionEvent;
import dev.lifeline.events.codec.LineReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalFaultTest {
  private static final Subject BACKEND = new Subject("client backend", 7);
  private static final JournalConfig CONFIG = JournalConfig.of(1);
  private static final String SEGMENT = "00000000000000000001.ndjson";

  @TempDir Path directory;

  private static TransactionEvent.Committed event(int i) {
    return new TransactionEvent.Committed(i, 1, 1);
  }

  private List<Envelope> log() throws Exception {
    LineReader reader = new LineReader();
    List<Envelope> envelopes = new ArrayList<>();
    for (JournalLine line : JournalReader.of(directory).read(1, Integer.MAX_VALUE)) {
      envelopes.add(line.envelope(reader));
    }
    return envelopes;
  }

  @Test
  void aFullDiskDropsWhatDoesNotFitTheQueueAndSaysSo() throws Exception {
    FaultyFiles files = new FaultyFiles(directory);
    List<String> told = new CopyOnWriteArrayList<>();
    int capacity = 64;
    int accepted = 0;
    int dropped = 0;
    try (Journal journal =
        Journal.open(files, CONFIG.withQueueCapacity(capacity).withLog(told::add))) {
      journal.emit(BACKEND, event(0));
      journal.flush().get();
      files.freeBytes = 1_000; // a line and a half
      for (int i = 1; i <= 1_000; i++) {
        if (journal.emit(BACKEND, event(i)) == 0) {
          dropped++;
        } else {
          accepted++;
        }
        if (i == 10) {
          while (told.isEmpty()) {
            Thread.sleep(1); // the writer has met the full disk
          }
        }
      }
      assertTrue(dropped > 0 && accepted >= capacity, accepted + " and " + dropped);
      assertEquals(dropped, journal.dropped());
      files.freeBytes = Long.MAX_VALUE;
      journal.flush().get();
      long after = journal.emit(BACKEND, event(2_000));
      assertEquals(accepted + 2, after, "what was dropped never had a sequence");
      assertNotEquals(0, journal.emit(BACKEND, event(2_001)));
    }
    List<Envelope> log = log();
    assertEquals(accepted + 3, log.size());
    Envelope first = log.get(accepted + 1);
    assertEquals(event(2_000), first.event());
    assertEquals(dropped, first.dropped());
    assertEquals("No space left on device", first.dropReason());
    assertEquals(0, log.getLast().dropped());
    assertTrue(JournalVerifier.verify(directory).intact());
    assertEquals(
        List.of(
            "could not write event log: No space left on device; trying again",
            "event log is written again"),
        told);
  }

  @Test
  void aFailedFsyncWritesAllSinceTheLastGoodOneAgain() throws Exception {
    FaultyFiles files = new FaultyFiles(directory);
    try (Journal journal = Journal.open(files, CONFIG)) {
      for (int round = 0; round < 5; round++) {
        for (int i = 0; i < 50; i++) {
          journal.emit(BACKEND, event(i));
        }
        files.failForce = true;
        journal.flush().get();
      }
    }
    assertEquals(250, log().size());
    assertTrue(JournalVerifier.verify(directory).intact());
  }

  @Test
  void closingOnAFullDiskEndsAndTellsWhatIsLost() throws Exception {
    FaultyFiles files = new FaultyFiles(directory);
    List<String> told = new CopyOnWriteArrayList<>();
    Journal journal = Journal.open(files, CONFIG.withLog(told::add));
    journal.emit(BACKEND, event(0));
    journal.flush().get();
    files.freeBytes = 100;
    journal.emit(BACKEND, event(1));
    journal.close();
    assertEquals("event log closed without 1 events that could not be written", told.getLast());
    files.freeBytes = Long.MAX_VALUE;
    try (Journal next = Journal.open(files, CONFIG)) {
      assertEquals(new OpenReport(1, 100, false), next.openReport());
    }
  }

  @Test
  void anEventThatBreaksItsContractLeavesATraceAndNotAHole() throws Exception {
    FaultyFiles files = new FaultyFiles(directory);
    try (Journal journal = Journal.open(files, CONFIG)) {
      journal.emit(BACKEND, event(1));
      journal.emit(BACKEND, contractBreaker());
      journal.emit(BACKEND, event(3));
    }
    List<Envelope> log = log();
    assertEquals(3, log.size());
    assertEquals(ObserverEvent.GapDetected.class, log.get(1).event().getClass());
    assertNull(log.get(1).dropReason());
    assertTrue(JournalVerifier.verify(directory).intact());
  }

  /// A disk that loses power has written what was not synced in any order: there may be a hole
  /// before lines that are whole. A hole before what was durable is something else.
  @Test
  void aHoleInWhatWasNotSyncedIsCutOffAndOneInWhatWasIsTold() throws Exception {
    Path written = directory.resolve("written");
    Path copy = directory.resolve("copy");
    JournalConfig lazy =
        new JournalConfig(
            1,
            1 << 20,
            CONFIG.retentionAge(),
            1 << 30,
            1 << 20,
            1 << 10,
            60_000,
            CONFIG.clock(),
            m -> {});
    try (Journal journal = Journal.open(new FaultyFiles(written), lazy)) {
      for (int i = 1; i <= 20; i++) {
        journal.emit(BACKEND, event(i));
        if (i == 10) {
          journal.flush().get();
        }
      }
      while (journal.lastSequence() < 20) {
        Thread.sleep(1);
      }
      Files.createDirectory(copy);
      Files.copy(written.resolve(SEGMENT), copy.resolve(SEGMENT));
    }
    byte[] whole = Files.readAllBytes(copy.resolve(SEGMENT));

    damageLine(copy, whole, 15);
    try (Journal journal = Journal.open(new FaultyFiles(copy), lazy)) {
      assertEquals(14, journal.openReport().lastSequence());
      assertFalse(journal.openReport().damaged());
      assertTrue(journal.openReport().tornBytes() > 0);
    }
    assertTrue(JournalVerifier.verify(copy).intact());

    Path other = Files.createDirectory(directory.resolve("other"));
    damageLine(other, whole, 5);
    try (Journal journal = Journal.open(new FaultyFiles(other), lazy)) {
      assertEquals(new OpenReport(20, 0, true), journal.openReport());
    }
    assertFalse(JournalVerifier.verify(other).intact());
  }

  private static void damageLine(Path to, byte[] log, int line) throws Exception {
    byte[] bytes = log.clone();
    int at = 0;
    for (int i = 1; i < line; at++) {
      if (bytes[at] == '\n') {
        i++;
      }
    }
    bytes[at + 20] ^= 1;
    Files.write(to.resolve(SEGMENT), bytes);
  }

  @SuppressWarnings("NullAway") // that is the point
  private static StatementEvent.Completed contractBreaker() {
    return new StatementEvent.Completed(1, null, null, null, null, 0, 0, null, List.of());
  }
}
