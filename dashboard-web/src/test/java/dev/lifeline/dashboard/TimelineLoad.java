package dev.lifeline.dashboard;

import dev.lifeline.events.CheckpointEvent;
import dev.lifeline.events.ConnectionEvent;
import dev.lifeline.events.LifecycleEvent;
import dev.lifeline.events.LockEvent;
import dev.lifeline.events.PostmasterEvent;
import dev.lifeline.events.ProcessEvent;
import dev.lifeline.events.RecoveryEvent;
import dev.lifeline.events.StatementEvent;
import dev.lifeline.events.StatsEvent;
import dev.lifeline.events.Subject;
import dev.lifeline.events.TransactionEvent;
import dev.lifeline.events.VacuumEvent;
import dev.lifeline.events.WalEvent;
import dev.lifeline.events.journal.Journal;
import dev.lifeline.events.journal.JournalConfig;
import dev.lifeline.events.timeline.TimelineIndex;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/// For `deploy/load-test/timeline`: writes the log of an hour of a busy cluster, with as many
/// events as are asked for, and serves the dashboard over it. A log that is there already is served
/// as it is.
final class TimelineLoad {
  private static final int BACKENDS = 24;
  private static final int QUEUED_MAX = 40_000;
  private static final Subject POSTMASTER = new Subject("postmaster", 1000);
  private static final Subject CHECKPOINTER = new Subject("checkpointer", 1001);
  private static final Subject WALWRITER = new Subject("walwriter", 1003);
  private static final Subject STATISTICS = new Subject("statistics collector", 1005);

  private final Journal journal;
  private final long events;
  private final SplittableRandom random = new SplittableRandom(1);
  private final Subject[] backends = new Subject[BACKENDS];
  private long nowMicros;
  private long lsn = 0x1000000;
  private long flushed = lsn;
  private long sequence;
  private int nextPid = 2000;
  private int commits;

  private TimelineLoad(Journal journal, long events) {
    this.journal = journal;
    this.events = events;
  }

  /// Writes and serves.
  ///
  /// @param arguments data directory, events, port
  public static void main(String[] arguments) throws Exception {
    Path directory = Path.of(arguments[0]);
    long events = Long.parseLong(arguments[1]);
    Instant start = Instant.now().minus(1, ChronoUnit.HOURS);
    TimelineLoad[] load = new TimelineLoad[1];
    JournalConfig config =
        JournalConfig.of(4711)
            .withRetention(Duration.ofDays(365), Long.MAX_VALUE)
            .withClock(
                () -> load[0] == null ? start : start.plus(load[0].nowMicros, ChronoUnit.MICROS));
    Journal journal = Journal.open(directory, config);
    if (journal.lastSequence() < events) {
      long began = System.nanoTime();
      load[0] = new TimelineLoad(journal, events);
      load[0].write();
      System.out.printf("wrote %.1f s%n", (System.nanoTime() - began) / 1e9);
    }
    JournalEventLog log = new JournalEventLog(journal);
    index(log.timeline());
    Vertx vertx = Vertx.vertx();
    DashboardVerticle dashboard =
        new DashboardVerticle(
            EventLogs.of(log), List.of("127.0.0.1"), Integer.parseInt(arguments[2]));
    vertx
        .deployVerticle(dashboard)
        .toCompletionStage()
        .toCompletableFuture()
        .get(20, TimeUnit.SECONDS);
    System.out.println("serves " + journal.lastSequence());
  }

  /// A server does this while it runs.
  private static void index(TimelineIndex timeline) throws IOException {
    long began = System.nanoTime();
    while (!timeline.refresh(100_000)) {
      // Until there is no more.
    }
    System.out.printf("indexed %.1f s%n", (System.nanoTime() - began) / 1e9);
  }

  private long emit(Subject who, LifecycleEvent what, long cause) throws InterruptedException {
    while (journal.queued() > QUEUED_MAX) {
      Thread.sleep(1);
    }
    sequence = journal.emit(who, what, cause);
    return sequence;
  }

  private void write() throws Exception {
    boot(0);
    long step = Math.max(1, 3_600_000_000L / events);
    long secondsToldLast = 0;
    while (sequence < events) {
      nowMicros += random.nextLong(2 * step) + 1;
      transaction();
      if (sequence % 2_000_003 < 3 && sequence > 10) {
        crash();
      }
      if (nowMicros / 1_000_000 > secondsToldLast) {
        secondsToldLast = nowMicros / 1_000_000;
        everySecond(secondsToldLast);
      }
    }
    journal.flush().get();
  }

  private void boot(long cause) throws InterruptedException {
    if (cause == 0) {
      emit(POSTMASTER, new PostmasterEvent.Started("load", "15.18", "/load", 1), 0);
    }
    long running =
        emit(POSTMASTER, new PostmasterEvent.StateChanged("PM_STARTUP", "PM_RUN"), cause);
    for (Subject worker : List.of(CHECKPOINTER, WALWRITER, STATISTICS)) {
      emit(worker, new ProcessEvent.Forked(POSTMASTER.pid()), running);
    }
    for (int i = 0; i < BACKENDS; i++) {
      session(i);
    }
  }

  private void session(int slot) throws InterruptedException {
    Subject backend = new Subject("client backend", nextPid++);
    backends[slot] = backend;
    emit(backend, new ProcessEvent.Forked(POSTMASTER.pid()), 0);
    emit(backend, new ConnectionEvent.Authorized("app", "shop", "pgbench", null, null), 0);
  }

  private void transaction() throws InterruptedException {
    int slot = random.nextInt(BACKENDS);
    Subject backend = backends[slot];
    lsn += 100 + random.nextInt(800);
    commits++;
    int dice = random.nextInt(10_000);
    if (dice < 3) {
      emit(backend, new ConnectionEvent.Closed("app", "shop", 1000, null, null), 0);
      emit(backend, new ProcessEvent.Exited(0, 1000), 0);
      session(slot);
      backend = backends[slot];
    } else if (dice < 60) {
      emit(
          backend,
          new LockEvent.Waiting("ShareLock", "transactionid", "transaction 7", List.of(), "stock"),
          0);
      nowMicros += 300;
      emit(
          backend,
          new LockEvent.Acquired("ShareLock", "transactionid", "transaction 7", 0.3, "stock"),
          0);
    } else if (dice < 70) {
      emit(
          backend,
          new StatementEvent.Failed(
              7, "UPDATE stock", null, "app", "shop", "40001", null, 3.5, null),
          0);
    }
    emit(backend, new TransactionEvent.Committed(commits, 0.2 + random.nextInt(30) / 10.0, lsn), 0);
    if (commits % 4 == 0) {
      emit(WALWRITER, new WalEvent.Flushed(flushed, lsn, lsn - flushed, 4, 0.05, 0.3), 0);
      flushed = lsn;
    }
  }

  private void everySecond(long second) throws InterruptedException {
    emit(
        STATISTICS,
        new StatsEvent.Reported(
            1000,
            BACKENDS,
            12,
            2000 + random.nextInt(400),
            3,
            10,
            9000,
            1,
            1,
            2000,
            2000,
            1,
            0,
            9000,
            4,
            900_000 + random.nextInt(90_000),
            600,
            0,
            4,
            0,
            30,
            lsn,
            flushed,
            second % 300 * 20,
            0L),
        0);
    if (second % 300 == 60) {
      emit(CHECKPOINTER, new CheckpointEvent.Started(CheckpointEvent.Reason.TIME, lsn), 0);
    } else if (second % 300 == 210) {
      emit(
          CHECKPOINTER,
          new CheckpointEvent.Completed(
              CheckpointEvent.Reason.TIME,
              lsn,
              lsn,
              5800,
              0,
              1,
              2,
              40,
              9,
              2,
              149_000,
              300,
              5,
              150_000,
              9_000_000,
              9_000_000),
          0);
    } else if (second % 60 == 20) {
      Subject worker = new Subject("autovacuum worker", nextPid++);
      emit(worker, new ProcessEvent.Forked(POSTMASTER.pid()), 0);
      emit(worker, new VacuumEvent.Started("shop", "public", "stock", true), 0);
      nowMicros += 400_000;
      emit(worker, new VacuumEvent.Cancelled("shop", "public", "stock", true, "lock", 400), 0);
      emit(worker, new ProcessEvent.Exited(0, 400), 0);
    }
  }

  private void crash() throws InterruptedException {
    long crashed =
        emit(backends[0], new ProcessEvent.Crashed(134, "java.lang.Error", null, "load", 9), 0);
    for (int i = 1; i < BACKENDS; i++) {
      emit(backends[i], new ProcessEvent.Exited(2, 9), crashed);
    }
    for (Subject worker : List.of(CHECKPOINTER, WALWRITER, STATISTICS)) {
      emit(worker, new ProcessEvent.Exited(2, 9), crashed);
    }
    Subject startup = new Subject("startup", nextPid++);
    long forked = emit(startup, new ProcessEvent.Forked(POSTMASTER.pid()), crashed);
    emit(startup, new RecoveryEvent.Started(RecoveryEvent.Reason.CRASH, lsn, lsn), forked);
    nowMicros += 700_000;
    emit(
        startup,
        new RecoveryEvent.Completed(RecoveryEvent.Reason.CRASH, lsn, lsn, 90_000, 9_000_000, 700),
        forked);
    boot(emit(startup, new ProcessEvent.Exited(0, 700), forked));
  }
}
