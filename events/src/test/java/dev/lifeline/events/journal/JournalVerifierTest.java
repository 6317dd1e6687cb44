package dev.lifeline.events.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.events.Envelope;
import dev.lifeline.events.Subject;
import dev.lifeline.events.TransactionEvent;
import dev.lifeline.events.codec.JsonWriter;
import dev.lifeline.events.codec.LineFormat;
import dev.lifeline.events.codec.LineReader;
import dev.lifeline.events.codec.LineWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalVerifierTest {
  @TempDir Path directory;

  @BeforeEach
  void writeALogOfManySegments() throws Exception {
    JournalConfig config = JournalConfig.of(5).withSegmentBytes(20_000);
    try (Journal journal = Journal.open(JournalFiles.local(directory), config)) {
      for (int i = 1; i <= 300; i++) {
        journal.emit(new Subject("client backend", 3), new TransactionEvent.Committed(i, 1, i));
        if (i % 10 == 0) {
          journal.flush().get();
        }
      }
    }
  }

  private VerifyReport.Damage damage() throws Exception {
    VerifyReport.Damage damage = JournalVerifier.verify(directory).damage();
    assertNotNull(damage);
    return damage;
  }

  private List<Path> segments() throws Exception {
    Segments segments = new Segments(directory);
    return segments.list(Segments.SEGMENT).stream()
        .map(first -> segments.path(first, Segments.SEGMENT))
        .toList();
  }

  @Test
  void anIntactLogIsCounted() throws Exception {
    VerifyReport report = JournalVerifier.verify(directory);
    assertTrue(report.intact());
    assertEquals(1, report.firstSequence());
    assertEquals(300, report.lastSequence());
    assertEquals(300, report.lines());
    long bytes = 0;
    for (Path segment : segments()) {
      bytes += Files.size(segment);
    }
    assertEquals(bytes, report.bytes());
    assertTrue(segments().size() > 3);
  }

  @Test
  void anyFlippedBitIsFoundInItsLine() throws Exception {
    SplittableRandom random = new SplittableRandom(11);
    for (int round = 0; round < 100; round++) {
      Path segment = segments().get(random.nextInt(segments().size() - 1));
      byte[] bytes = Files.readAllBytes(segment);
      int at = random.nextInt(bytes.length);
      int line = 1;
      for (int i = 0; i < at; i++) {
        line += bytes[i] == '\n' ? 1 : 0;
      }
      byte[] changed = bytes.clone();
      changed[at] ^= (byte) (1 << random.nextInt(8));
      Files.write(segment, changed);
      VerifyReport.Damage damage = damage();
      assertEquals(segment.getFileName().toString(), damage.file());
      assertEquals(line, damage.line(), damage::toString);
      assertEquals(VerifyReport.Kind.BAD_CRC, damage.kind());
      Files.write(segment, bytes);
    }
  }

  @Test
  void anAlterationWithARightCrcBreaksTheChain() throws Exception {
    Path segment = segments().get(1);
    List<String> lines = new ArrayList<>(Files.readAllLines(segment));
    LineReader reader = new LineReader();
    byte[] before = lines.get(3).getBytes(StandardCharsets.UTF_8);
    byte[] hash = LineFormat.hash(LineFormat.sha256(), before, 0, before.length);
    byte[] old = lines.get(4).getBytes(StandardCharsets.UTF_8);
    Envelope envelope = reader.read(old);
    JsonWriter forged = new JsonWriter();
    new LineWriter(5, hash)
        .append(
            forged,
            new Envelope(
                5,
                envelope.sequence(),
                envelope.time(),
                envelope.subject(),
                0,
                null,
                new TransactionEvent.RolledBack(1, 1)));
    forged.truncate(forged.length() - 1);
    lines.set(4, new String(forged.toByteArray(), StandardCharsets.UTF_8));
    Files.write(segment, lines);
    assertEquals(VerifyReport.Kind.BROKEN_CHAIN, damage().kind());
    assertEquals(6, damage().line());
  }

  @Test
  void aMissingLineAndAMissingSegmentAreGaps() throws Exception {
    Path segment = segments().get(2);
    List<String> lines = new ArrayList<>(Files.readAllLines(segment));
    String removed = lines.remove(5);
    Files.write(segment, lines);
    assertEquals(VerifyReport.Kind.SEQUENCE_GAP, damage().kind());
    assertEquals(6, damage().line());
    lines.add(5, removed);
    Files.write(segment, lines);
    assertTrue(JournalVerifier.verify(directory).intact());
    Files.delete(segment);
    assertEquals(VerifyReport.Kind.SEQUENCE_GAP, damage().kind());
    assertEquals(1, damage().line());
  }

  @Test
  void aRenamedSegmentIsNoticed() throws Exception {
    Path last = segments().getLast();
    if (Files.size(last) == 0) {
      last = segments().get(segments().size() - 2); // the log ended with a roll
    }
    Files.move(last, directory.resolve(Segments.name(1_000, Segments.SEGMENT)));
    assertEquals(VerifyReport.Kind.WRONG_NAME, damage().kind());
  }

  @Test
  void oldSegmentsMayBeGone() throws Exception {
    Files.delete(segments().getFirst());
    Files.delete(segments().getFirst());
    VerifyReport report = JournalVerifier.verify(directory);
    assertTrue(report.intact());
    assertTrue(report.firstSequence() > 1);
  }
}
