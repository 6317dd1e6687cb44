package dev.lifeline.events.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.lifeline.events.Subject;
import dev.lifeline.events.TransactionEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Several threads that emit, and the one that writes: sequences are dense, each thread's events
/// stay in their order, and none is lost or there twice, also while the ring is full.
///
/// `-Dlifeline.race.events=100000000` for a long run.
class EventQueueRaceTest {
  private static final int EVENTS = Integer.getInteger("lifeline.race.events", 200_000);
  private static final int THREADS = 3;
  private static final Subject[] SUBJECTS = {
    new Subject("client backend", 1), new Subject("client backend", 2), new Subject("walwriter", 3)
  };

  /// What the writer checks of each event that it takes.
  private static final class Check {
    private final Map<Subject, Long> last = new HashMap<>();
    private long expected = 1;
    @Nullable String wrong;

    void taken(EventQueue.Pending pending) {
      long number = ((TransactionEvent.Committed) pending.event).xid();
      Long before = last.put(pending.subject, number);
      if (pending.sequence != expected++) {
        wrong = "event " + pending.sequence + " instead of " + (expected - 1);
      } else if (before != null && number <= before) {
        wrong = pending.subject + ": " + number + " after " + before;
      }
    }
  }

  @Test
  void sequencesAreDense() throws Exception {
    EventQueue queue = new EventQueue(64, 1);
    AtomicLong accepted = new AtomicLong();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      Subject subject = SUBJECTS[i];
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                for (int n = 1; n <= EVENTS / THREADS; n++) {
                  if (queue.put(pending(subject, n)) != 0) {
                    accepted.incrementAndGet();
                  }
                }
              }));
    }
    Check check = new Check();
    while (threads.stream().anyMatch(Thread::isAlive) || !queue.isDrained()) {
      EventQueue.Pending pending = queue.peek();
      if (pending == null) {
        queue.await(100_000);
      } else {
        check.taken(pending);
        queue.take();
      }
    }
    assertNull(check.wrong);
    assertEquals(accepted.get(), check.expected - 1);
    assertEquals((long) EVENTS / THREADS * THREADS - accepted.get(), queue.dropped());
  }

  private static EventQueue.Pending pending(Subject subject, long n) {
    return new EventQueue.Pending(
        subject, new TransactionEvent.Committed(n, 1, 1), 0, null, Instant.EPOCH, null);
  }

  /// The writer's checks can fail: an event that was lost, one that is there twice, two that have
  /// changed places.
  @Test
  void whatIsWrongIsFound() {
    for (long[] sequences : new long[][] {{1, 3}, {1, 1}, {2, 1}}) {
      Check check = new Check();
      for (long sequence : sequences) {
        EventQueue.Pending pending = pending(SUBJECTS[0], sequence);
        pending.sequence = sequence;
        check.taken(pending);
      }
      assertNotNull(check.wrong);
    }
  }
}
