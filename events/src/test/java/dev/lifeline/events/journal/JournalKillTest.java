package dev.lifeline.events.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.events.ChildJvm;
import dev.lifeline.events.ProcessEvent;
import dev.lifeline.events.Subject;
import dev.lifeline.events.TransactionEvent;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A JVM that emits as fast as it can is killed in the midst of it, again and again.
class JournalKillTest {
  private static final int ROUNDS = 4;
  private static final JournalConfig CONFIG = JournalConfig.of(3).withSegmentBytes(200_000);

  @TempDir Path dataDirectory;

  /// Emits for ever, and says which sequence is published.
  static final class Emitting {
    public static void main(String[] arguments) throws Exception {
      try (Journal journal = Journal.open(Path.of(arguments[0]), CONFIG)) {
        for (int pid = 1; ; pid++) {
          Subject subject = new Subject("client backend", pid);
          journal.emit(subject, new ProcessEvent.Forked(0));
          for (int i = 0; i < 100; i++) {
            journal.emit(subject, new TransactionEvent.Committed(i, 1, 1));
          }
          System.out.println(journal.lastSequence());
          Thread.sleep(1);
        }
      }
    }
  }

  @Test
  void everythingThatWasPublishedIsThereAndNothingIsTwice() throws Exception {
    long published = 0;
    for (int round = 0; round < ROUNDS; round++) {
      try (ChildJvm child = ChildJvm.start(Emitting.class, dataDirectory.toString())) {
        long enough = published + 1_000 + 1_777L * round;
        while (published < enough) {
          String line = child.readLine();
          assertNotNull(line);
          published = Long.parseLong(line);
        }
        child.kill();
        for (String line = child.readLine(); line != null; line = child.readLine()) {
          published = Long.parseLong(line);
        }
      }
      try (Journal journal = Journal.open(dataDirectory, CONFIG)) {
        OpenReport report = journal.openReport();
        assertTrue(report.lastSequence() >= published, report + " after " + published);
        assertEquals(new OpenReport(report.lastSequence(), report.tornBytes(), false), report);
        assertTrue(journal.stateAtOpen().processes().size() > 1, "alive when it was killed");
      }
      VerifyReport verified = JournalVerifier.verify(dataDirectory.resolve(Journal.DIRECTORY));
      assertTrue(verified.intact(), () -> String.valueOf(verified.damage()));
      assertEquals(1, verified.firstSequence());
    }
    List<JournalLine> all =
        JournalReader.of(dataDirectory.resolve(Journal.DIRECTORY)).read(1, Integer.MAX_VALUE);
    for (int i = 0; i < all.size(); i++) {
      assertEquals(i + 1, all.get(i).sequence());
    }
  }
}
