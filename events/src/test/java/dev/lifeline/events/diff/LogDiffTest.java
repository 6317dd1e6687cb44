package dev.lifeline.events.diff;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lifeline.events.Envelope;
import dev.lifeline.events.LifecycleEvent;
import dev.lifeline.events.ObserverEvent;
import dev.lifeline.events.Origin;
import dev.lifeline.events.ProcessEvent;
import dev.lifeline.events.RecoveryEvent;
import dev.lifeline.events.Subject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LogDiffTest {
  private static final ProcessEvent CRASH = new ProcessEvent.Crashed(2, null, null, null, 1);

  /// A log whose events are given as `type process <- cause`, the cause by its sequence.
  private static final class Log {
    final List<Envelope> events = new ArrayList<>();

    Log add(String process, LifecycleEvent event, long cause) {
      int sequence = events.size() + 1;
      Instant time = Instant.EPOCH.plusSeconds(sequence);
      Subject subject = new Subject(process, 100 + sequence);
      events.add(new Envelope(1, sequence, time, subject, cause, null, event));
      return this;
    }

    Log forked(String process, long cause) {
      return add(process, new ProcessEvent.Forked(events.size()), cause);
    }

    Log exited(String process, long cause) {
      return add(process, new ProcessEvent.Exited(0, events.size()), cause);
    }
  }

  private static List<String> between(Log left, Log right) {
    return LogDiff.between(left.events, right.events).stream()
        .map(one -> one.side() + " " + one.depth() + " " + one.event().sequence())
        .toList();
  }

  @Test
  void pidsTimesAndFiguresAreNoDifference() {
    Log left = new Log().forked("startup", 0).exited("startup", 1).forked("walwriter", 0);
    Log right = new Log();
    right.add("observer", new ObserverEvent.Detached("a", "b"), 0);
    right.forked("startup", 0).exited("startup", 2).forked("walwriter", 0);
    assertEquals(List.of(), between(left, right));
  }

  /// Where only one of two servers was observed, what an observer cannot see is left out, and what
  /// it brought about stands under its cause.
  @Test
  void whatCannotBeObservedIsPassedOver() {
    Log own = new Log().add("client backend", CRASH, 0);
    own.forked("startup", 1).add("startup", new RecoveryEvent.NotRequired(1), 2);
    Log observed = new Log().add("client backend", CRASH, 0);
    observed.add("startup", new RecoveryEvent.NotRequired(1), 1);
    assertEquals(List.of("LEFT 1 2", "LEFT 2 3", "RIGHT 1 2"), between(own, observed));

    Log told = new Log();
    observed.events.forEach(event -> told.events.add(observed(event)));
    assertEquals(List.of(), between(own, told));
    assertEquals(List.of(), between(told, own));
  }

  private static Envelope observed(Envelope event) {
    Origin origin = new Origin("db", null, "log", 0, 0);
    return new Envelope(
        1,
        event.sequence(),
        event.time(),
        event.subject(),
        event.cause(),
        null,
        event.event(),
        0,
        null,
        origin);
  }

  @Test
  void storiesMayInterleave() {
    Log left = new Log().forked("a", 0).forked("b", 0).exited("a", 1).exited("b", 2);
    Log right = new Log().forked("a", 0).forked("b", 0).exited("b", 2).exited("a", 1);
    assertEquals(List.of(), between(left, right));
  }

  @Test
  void anotherCauseIsADifference() {
    Log left = new Log().forked("a", 0).forked("b", 0).exited("c", 1);
    Log right = new Log().forked("a", 0).forked("b", 0).exited("c", 2);
    assertEquals(List.of("LEFT 1 3", "RIGHT 1 3"), between(left, right));
  }

  @Test
  void whatAMissingEventBroughtAboutIsMissingToo() {
    Log left = new Log().forked("a", 0).forked("b", 0).exited("b", 2).forked("c", 3);
    Log right = new Log().forked("a", 0).forked("d", 0);
    assertEquals(List.of("LEFT 0 2", "LEFT 1 3", "LEFT 2 4", "RIGHT 0 2"), between(left, right));
    assertEquals(List.of("LEFT 0 2", "RIGHT 0 2", "RIGHT 1 3", "RIGHT 2 4"), between(right, left));
  }

  @Test
  void theFewestDifferencesAreFound() {
    SplittableRandom random = new SplittableRandom(11);
    for (int round = 0; round < 300; round++) {
      Log left = new Log();
      Log right = new Log();
      String a = letters(random);
      String b = letters(random);
      a.chars().forEach(letter -> left.forked(Character.toString(letter), 0));
      b.chars().forEach(letter -> right.forked(Character.toString(letter), 0));
      assertEquals(
          a.length() + b.length() - 2 * common(a, b), between(left, right).size(), a + " " + b);
    }
  }

  private static String letters(SplittableRandom random) {
    StringBuilder text = new StringBuilder();
    int length = random.nextInt(12);
    for (int i = 0; i < length; i++) {
      text.append((char) ('a' + random.nextInt(3)));
    }
    return text.toString();
  }

  /// The length of the longest common subsequence, by the book.
  private static int common(String a, String b) {
    int[][] best = new int[a.length() + 1][b.length() + 1];
    for (int i = 1; i <= a.length(); i++) {
      for (int j = 1; j <= b.length(); j++) {
        best[i][j] =
            a.charAt(i - 1) == b.charAt(j - 1)
                ? best[i - 1][j - 1] + 1
                : Math.max(best[i - 1][j], best[i][j - 1]);
      }
    }
    return best[a.length()][b.length()];
  }

  @Test
  void logsOfDifferentWorldsAreRefused() {
    Log left = new Log();
    Log right = new Log();
    for (int i = 0; i < 2000; i++) {
      left.forked("a", 0);
      right.forked("b", 0);
    }
    assertThrows(IllegalArgumentException.class, () -> LogDiff.between(left.events, right.events));
  }
}
