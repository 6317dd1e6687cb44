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
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
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

  @Test
  void whatRetentionTakesMeanwhileIsNotInTheReport() throws Exception {
    List<Path> segments = segments();
    for (int at = 0; at < segments.size() - 1 && Files.size(segments.get(at + 1)) > 0; at++) {
      // Those up to here go when this one is about to be looked at.
      List<Path> gone = segments.subList(0, at + 1);
      Path moment = segments.get(at);
      Path kept = Files.createDirectory(directory.resolve("kept"));
      VerifyReport report =
          JournalVerifier.verify(
              directory,
              first -> {
                if (directory.resolve(Segments.name(first, Segments.SEGMENT)).equals(moment)) {
                  move(gone, kept);
                }
              });
      assertTrue(report.intact(), report::toString);
      assertEquals(first(segments.get(at + 1)), report.firstSequence());
      assertEquals(300, report.lastSequence());
      assertEquals(300 - report.firstSequence() + 1, report.lines());
      move(gone.stream().map(path -> kept.resolve(path.getFileName())).toList(), directory);
      Files.delete(kept);
    }
  }

  @Test
  void whatIsGoneAndWasNotTakenByRetentionIsMissed() throws Exception {
    List<Path> segments = segments();
    Path third = segments.get(2);
    Path kept = Files.createDirectory(directory.resolve("kept"));
    LongConsumer thirdGoes =
        first -> {
          if (first == first(third) && Files.exists(third)) {
            move(List.of(third), kept);
          }
        };
    VerifyReport.Damage damage = JournalVerifier.verify(directory, thirdGoes).damage();
    assertNotNull(damage);
    assertEquals(VerifyReport.Kind.SEQUENCE_GAP, damage.kind());
    assertEquals(third.getFileName().toString(), damage.file());
  }

  @Test
  void aLineThatIsJustBeingWrittenIsNoDamage() throws Exception {
    Path last = segments().getLast();
    if (Files.size(last) == 0) {
      last = segments().get(segments().size() - 2); // the log ended with a roll
      Files.delete(segments().getLast());
    }
    byte[] whole = Files.readAllBytes(last);
    byte[] half = Arrays.copyOf(whole, whole.length - 40);
    byte[] rest = Arrays.copyOfRange(whole, half.length, whole.length);
    Files.write(last, half);
    assertEquals(VerifyReport.Kind.TORN_TAIL, damage().kind());
    Path path = last;
    Thread writer =
        Thread.ofPlatform()
            .unstarted(() -> {
              LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(30));
              append(path, rest);
            });
    VerifyReport report =
        JournalVerifier.verify(
            directory,
            first -> {
              if (first == first(path)) {
                writer.start();
              }
            });
    writer.join();
    assertTrue(report.intact(), report::toString);
    assertEquals(300, report.lastSequence());
  }

  private static long first(Path segment) {
    String name = segment.getFileName().toString();
    return Long.parseLong(name, 0, name.indexOf('.'), 10);
  }

  private static void append(Path file, byte[] bytes) {
    try {
      Files.write(file, bytes, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void move(List<Path> files, Path to) {
    try {
      for (Path file : files) {
        Files.move(file, to.resolve(file.getFileName()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
