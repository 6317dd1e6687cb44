package dev.lifeline.events.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.events.Subject;
import dev.lifeline.events.TransactionEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTailTest {
  private static final Subject BACKEND = new Subject("client backend", 7);

  @TempDir Path dataDirectory;
  private final ExecutorService worker = Executors.newFixedThreadPool(2);

  @AfterEach
  void stop() throws Exception {
    worker.shutdown();
    assertTrue(worker.awaitTermination(10, TimeUnit.SECONDS));
  }

  /// Collects sequences up to a target; holds every batch back until it is released.
  private static final class Collector implements TailListener {
    final List<Long> sequences = new ArrayList<>();
    final List<String> skipped = new ArrayList<>();
    final CompletableFuture<Void> begun = new CompletableFuture<>();
    final CompletableFuture<Void> reached = new CompletableFuture<>();
    final long target;
    final CompletionStage<?> gate;

    Collector(long target, CompletionStage<?> gate) {
      this.target = target;
      this.gate = gate;
    }

    @Override
    public CompletionStage<?> onLines(List<JournalLine> lines) {
      lines.forEach(line -> sequences.add(line.sequence()));
      begun.complete(null);
      if (sequences.getLast() >= target) {
        reached.complete(null);
      }
      return gate;
    }

    @Override
    public void onSkipped(long fromSequence, long toSequence) {
      skipped.add(fromSequence + ".." + toSequence);
    }

    @Override
    public void onFailure(Throwable failure) {
      reached.completeExceptionally(failure);
    }
  }

  private static void emit(Journal journal, int count) {
    for (int i = 0; i < count; i++) {
      journal.emit(BACKEND, new TransactionEvent.Committed(i, 1, 1));
    }
  }

  @Test
  void seesEverySequenceOnceFromWhereItBeganWhileTheLogGrowsAndRolls() throws Exception {
    JournalConfig config = JournalConfig.of(1).withSegmentBytes(100_000);
    CompletableFuture<Void> open = CompletableFuture.completedFuture(null);
    try (Journal journal = Journal.open(dataDirectory, config)) {
      emit(journal, 1_000);
      journal.flush().get();
      Collector all = new Collector(20_000, open);
      Collector late = new Collector(20_000, open);
      Collector durable = new Collector(20_000, open);
      journal.follow(1, worker, all);
      journal.follow(901, worker, late);
      journal.followDurable(1, worker, durable);
      for (int i = 0; i < 19; i++) {
        emit(journal, 1_000);
      }
      for (Collector collector : List.of(all, late, durable)) {
        collector.reached.get(20, TimeUnit.SECONDS);
        assertEquals(List.of(), collector.skipped);
        long first = collector == late ? 901 : 1;
        assertEquals(20_000 - first + 1, collector.sequences.size());
        for (int i = 0; i < collector.sequences.size(); i++) {
          assertEquals(first + i, collector.sequences.get(i));
        }
      }
    }
  }

  @Test
  void aSlowListenerIsNotFloodedAndIsToldWhatItMissed() throws Exception {
    JournalConfig config =
        JournalConfig.of(1).withSegmentBytes(20_000).withRetention(Duration.ofDays(1), 40_000);
    CompletableFuture<Void> gate = new CompletableFuture<>();
    try (Journal journal = Journal.open(dataDirectory, config)) {
      emit(journal, 10);
      journal.flush().get();
      Collector slow = new Collector(1_000, gate);
      Tail tail = journal.follow(1, worker, slow);
      slow.begun.get(20, TimeUnit.SECONDS);
      for (int i = 0; i < 99; i++) {
        emit(journal, 10);
        journal.flush().get();
      }
      assertEquals(10, slow.sequences.size(), "one batch until the listener asks for more");
      gate.complete(null);
      slow.reached.get(20, TimeUnit.SECONDS);
      // What was in the open segment still came, then comes one gap, and then the rest.
      int gap = 10;
      while (slow.sequences.get(gap) == gap + 1) {
        gap++;
      }
      long after = slow.sequences.get(gap);
      assertEquals(List.of(gap + 1 + ".." + (after - 1)), slow.skipped);
      assertEquals(1_000 - after, slow.sequences.size() - 1 - gap);
      tail.close();
      int seen = slow.sequences.size();
      emit(journal, 100);
      journal.flush().get();
      assertEquals(seen, slow.sequences.size());
    }
  }
}
