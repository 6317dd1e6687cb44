package dev.lifeline.events.otlp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.events.CheckpointEvent;
import dev.lifeline.events.ConnectionEvent;
import dev.lifeline.events.LifecycleEvent;
import dev.lifeline.events.LockEvent;
import dev.lifeline.events.ObserverEvent;
import dev.lifeline.events.PostmasterEvent;
import dev.lifeline.events.ProcessEvent;
import dev.lifeline.events.RecoveryEvent;
import dev.lifeline.events.StatementEvent;
import dev.lifeline.events.Subject;
import dev.lifeline.events.TraceContext;
import dev.lifeline.events.TransactionEvent;
import dev.lifeline.events.VacuumEvent;
import dev.lifeline.events.WalEvent;
import dev.lifeline.events.codec.LineReader;
import dev.lifeline.events.codec.TimeText;
import dev.lifeline.events.journal.Journal;
import dev.lifeline.events.journal.JournalConfig;
import dev.lifeline.events.journal.JournalLine;
import dev.lifeline.events.otlp.OtlpReceiver.Received;
import io.opentelemetry.proto.trace.v1.Span;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Against a receiver that takes what a collector takes.
class OtlpPublisherTest {
  private static final long CLUSTER = 7_000_000_000_000_000_123L;
  private static final Subject POSTMASTER = new Subject("postmaster", 1);
  private static final Subject CHECKPOINTER = new Subject("checkpointer", 3);
  private static final Subject BACKEND = new Subject("client backend", 7);
  private static final TraceContext CLIENT =
      new TraceContext("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", 3);

  @TempDir Path dataDirectory;
  private OtlpReceiver receiver;
  private final AtomicLong nowMicros = new AtomicLong(1_800_000_000_000_000L);
  private JournalConfig config;

  @BeforeEach
  void start() throws Exception {
    receiver = new OtlpReceiver();
    config =
        JournalConfig.of(CLUSTER).withClock(() -> TimeText.toInstant(nowMicros.addAndGet(1_000)));
  }

  @AfterEach
  void stop() {
    receiver.close();
  }

  private OtlpConfig otlp() {
    return OtlpConfig.of(receiver.endpoint(), "0.1");
  }

  private static void awaitSequence(Journal journal, OtlpPublisher publisher) throws Exception {
    journal.flush().get();
    while (publisher.status().exportedSequence() < journal.durableSequence()) {
      Thread.sleep(5);
    }
  }

  private static void emit(Journal journal, Subject subject, LifecycleEvent... events) {
    for (LifecycleEvent event : events) {
      journal.emit(subject, event);
    }
  }

  private Received span(String name) {
    List<Received> named = receiver.spans.stream().filter(s -> s.name().equals(name)).toList();
    assertEquals(1, named.size(), () -> name + " in " + receiver.spans);
    return named.getFirst();
  }

  private void assertChildren(String parent, String... names) {
    Received root = span(parent);
    List<String> children =
        receiver.spans.stream()
            .filter(s -> s.parentId().equals(root.spanId()))
            .sorted((a, b) -> Long.compare(a.startNanos(), b.startNanos()))
            .map(Received::name)
            .toList();
    assertEquals(List.of(names), children);
    for (Received span : receiver.spans) {
      if (span.parentId().equals(root.spanId())) {
        assertEquals(root.traceId(), span.traceId());
        assertTrue(span.startNanos() >= root.startNanos(), span::toString);
        assertTrue(span.endNanos() <= root.endNanos(), span::toString);
      }
    }
  }

  private static void startUp(Journal journal) {
    emit(
        journal,
        POSTMASTER,
        new PostmasterEvent.Started("0.1", "15.4", "/data", 4711),
        new PostmasterEvent.ConfigLoaded("postgresql.conf", List.of()),
        new PostmasterEvent.SharedMemoryInitialized(1 << 27, 1 << 26, 1 << 22, 50));
    Subject startup = new Subject("startup", 2);
    emit(
        journal,
        startup,
        new ProcessEvent.Forked(1),
        new RecoveryEvent.NotRequired(100),
        new ProcessEvent.Ready(1),
        new ProcessEvent.Exited(0, 2));
    emit(journal, CHECKPOINTER, new ProcessEvent.Forked(1), new ProcessEvent.Ready(1));
    emit(
        journal,
        POSTMASTER,
        new PostmasterEvent.Listening("127.0.0.1", 5432),
        new PostmasterEvent.StateChanged("PM_STARTUP", "PM_RUN"));
  }

  private static CheckpointEvent.Completed checkpoint(CheckpointEvent.Reason reason) {
    return new CheckpointEvent.Completed(
        reason, 200, 100, 5, 0, 0, 1, 3, 0.1, 0.1, 0.5, 0.25, 0.1, 1, 100, 100);
  }

  @Test
  void aStartIsATraceOfItsSteps() throws Exception {
    try (Journal journal = Journal.open(dataDirectory, config);
        OtlpPublisher publisher = OtlpPublisher.start(journal, otlp(), s -> {})) {
      startUp(journal);
      awaitSequence(journal, publisher);
    }
    assertChildren(
        "startup",
        "config",
        "shared memory",
        "recovery",
        "fork startup",
        "fork checkpointer",
        "listen",
        "ready");
    assertEquals("", span("startup").parentId());
    assertEquals("1", span("config").attributes().get("lifeline.pid"));
    assertEquals(
        Map.of(
            "service.name", "lifeline",
            "service.version", "0.1",
            "service.instance.id", Long.toString(CLUSTER),
            "telemetry.sdk.name", "opentelemetry",
            "telemetry.sdk.language", "java"),
        receiver.resources.getFirst());
    for (Received span : receiver.spans) {
      assertTrue(span.attributes().containsKey("lifeline.sequence"), span::toString);
    }
  }

  @Test
  void aCrashIsATraceFromTheErrorToTheNextReady() throws Exception {
    try (Journal journal = Journal.open(dataDirectory, config);
        OtlpPublisher publisher = OtlpPublisher.start(journal, otlp(), s -> {})) {
      startUp(journal);
      emit(journal, BACKEND, new ProcessEvent.Crashed(1, "java.lang.Error", "XX000", "no", 10));
      emit(journal, POSTMASTER, new PostmasterEvent.StateChanged("PM_RUN", "PM_WAIT_BACKENDS"));
      emit(journal, CHECKPOINTER, new ProcessEvent.Terminated("SIGQUIT", "crash"));
      emit(journal, CHECKPOINTER, new ProcessEvent.Exited(2, 1));
      emit(journal, POSTMASTER, new PostmasterEvent.SharedMemoryInitialized(1, 1, 1, 1));
      Subject startup = new Subject("startup", 8);
      emit(
          journal,
          startup,
          new ProcessEvent.Forked(1),
          new RecoveryEvent.Started(RecoveryEvent.Reason.CRASH, 90, 100),
          new RecoveryEvent.Completed(RecoveryEvent.Reason.CRASH, 100, 200, 5, 100, 1),
          new CheckpointEvent.Started(CheckpointEvent.Reason.END_OF_RECOVERY, 200),
          checkpoint(CheckpointEvent.Reason.END_OF_RECOVERY),
          new ProcessEvent.Exited(0, 1));
      emit(journal, POSTMASTER, new PostmasterEvent.StateChanged("PM_STARTUP", "PM_RUN"));
      awaitSequence(journal, publisher);
    }
    receiver.spans.removeIf(s -> s.traceId().equals(span("startup").traceId()));
    assertChildren(
        "crash recovery",
        "crash client backend/7",
        "terminate checkpointer/3",
        "shared memory",
        "fork startup",
        "redo",
        "checkpoint",
        "ready");
    Received crash = span("crash client backend/7");
    assertTrue(crash.error());
    assertEquals("XX000", crash.attributes().get("error.type"));
    assertEquals("5", span("redo").attributes().get("lifeline.recovery.records"));
    assertEquals(
        "end-of-recovery", span("checkpoint").attributes().get("lifeline.checkpoint.reason"));
    assertChildren("checkpoint", "write buffers", "sync files", "WAL record", "recycle segments");
  }

  @Test
  void aVacuumShowsBeforeItEnds() throws Exception {
    try (Journal journal = Journal.open(dataDirectory, config);
        OtlpPublisher publisher = OtlpPublisher.start(journal, otlp(), s -> {})) {
      Subject worker = new Subject("autovacuum worker", 9);
      journal.emit(worker, new VacuumEvent.Started("mydb", "public", "employees", true));
      awaitSequence(journal, publisher);
      while (receiver.spans.isEmpty()) {
        Thread.sleep(5);
      }
      Received start = span("vacuum employees (started)");
      nowMicros.addAndGet(50_000);
      journal.emit(
          worker,
          new VacuumEvent.Completed(
              "mydb",
              "public",
              "employees",
              true,
              1,
              10,
              0,
              100,
              900,
              0,
              1,
              740,
              20,
              2,
              5_000,
              20,
              10,
              5,
              0,
              40));
      awaitSequence(journal, publisher);
      while (receiver.spans.size() < 5) {
        Thread.sleep(5);
      }
      assertChildren(
          "vacuum employees",
          "vacuum employees (started)",
          "heap scan",
          "index scans",
          "heap pass");
      assertEquals(List.of(start.spanId()), span("vacuum employees").links());
      assertEquals(
          "public.employees", span("vacuum employees").attributes().get("db.collection.name"));
    }
  }

  private static StatementEvent.Completed update() {
    return new StatementEvent.Completed(
        42,
        "UPDATE employees",
        "UPDATE employees SET salary = $1",
        "alice",
        "mydb",
        1,
        20,
        new StatementEvent.Phases(20, 2, 3, 6, 9),
        List.of());
  }

  @Test
  void aStatementIsPartOfTheClientsTraceAndLeadsToItsFlush() throws Exception {
    try (Journal journal = Journal.open(dataDirectory, config);
        OtlpPublisher publisher = OtlpPublisher.start(journal, otlp(), s -> {})) {
      emit(
          journal,
          BACKEND,
          new ConnectionEvent.Received("127.0.0.1", 4000),
          new ConnectionEvent.Authenticated("alice", "scram-sha-256", 3),
          new ConnectionEvent.Authorized(
              "alice", "mydb", "psql", "TLSv1.3", "TLS_AES_256_GCM_SHA384"));
      nowMicros.addAndGet(100_000);
      emit(
          journal,
          BACKEND,
          new LockEvent.Waiting("ShareLock", "transactionid", "transaction 7", List.of(4), "t"),
          new LockEvent.Acquired("ShareLock", "transactionid", "transaction 7", 3, "t"));
      Subject walwriter = new Subject("walwriter", 5);
      journal.emit(walwriter, new WalEvent.Flushed(0, 90, 90, 1, 0.1, 0.1));
      long flush = journal.emit(walwriter, new WalEvent.Flushed(90, 300, 210, 2, 0.25, 0.5));
      journal.emit(BACKEND, new TransactionEvent.Committed(8, 10, 250));
      long statement = journal.emit(BACKEND, update(), 0, CLIENT);
      TraceContext unsampled = new TraceContext(CLIENT.traceId(), CLIENT.spanId(), 2);
      journal.emit(BACKEND, update(), 0, unsampled);
      nowMicros.addAndGet(100_000);
      journal.emit(
          BACKEND,
          new StatementEvent.Failed(
              1,
              "SELECT t",
              null,
              "alice",
              "mydb",
              "42P01",
              "relation \"t\" does not exist",
              1,
              null));
      emit(journal, BACKEND, new ConnectionEvent.Closed("alice", "mydb", 9, null, null));
      awaitSequence(journal, publisher);

      Received update = span("UPDATE employees");
      assertEquals(CLIENT.traceId(), update.traceId());
      assertEquals(CLIENT.spanId(), update.parentId());
      assertEquals(Span.SpanKind.SPAN_KIND_SERVER, update.kind());
      assertEquals("" + statement, update.attributes().get("lifeline.sequence"));
      assertEquals("postgresql", update.attributes().get("db.system.name"));
      assertEquals("mydb", update.attributes().get("db.namespace"));
      assertEquals(20_000_000, update.endNanos() - update.startNanos());
      assertChildren("UPDATE employees", "parse", "plan", "execute", "lock wait", "commit");
      assertPhase("parse", 0, 2);
      assertPhase("plan", 2, 3);
      assertPhase("execute", 6, 9);
      Received flushed = span("wal flush");
      assertEquals("" + flush, flushed.attributes().get("lifeline.sequence"));
      assertEquals(750_000, flushed.endNanos() - flushed.startNanos());
      Received connection = span("connection");
      assertEquals(List.of(connection.spanId(), flushed.spanId()), update.links());
      assertEquals(List.of(flushed.spanId()), span("commit").links());
    }
    Received failed = span("SELECT t");
    assertTrue(failed.error());
    assertEquals("", failed.parentId());
    assertEquals("42P01", failed.attributes().get("db.response.status_code"));
    assertChildren("connection", "authenticate", "authorize", "connection (started)");
    assertEquals("alice", span("connection").attributes().get("lifeline.user"));
    assertEquals("1.3", span("connection").attributes().get("tls.protocol.version"));
    assertEquals("TLS_AES_256_GCM_SHA384", span("connection").attributes().get("tls.cipher"));
  }

  private void assertPhase(String name, int startMs, int durationMs) {
    Received phase = span(name);
    assertEquals(startMs * 1_000_000L, phase.startNanos() - span("UPDATE employees").startNanos());
    assertEquals(durationMs * 1_000_000L, phase.endNanos() - phase.startNanos());
  }

  @Test
  void stoppedAndStartedAnywhereItExportsTheSameSpansAsInOneGo() throws Exception {
    config = config.withClock(() -> TimeText.toInstant(nowMicros.get()));
    Path elsewhere = Files.createDirectory(dataDirectory.resolve("once"));
    try (Journal journal = Journal.open(elsewhere, config);
        OtlpPublisher publisher = OtlpPublisher.start(journal, otlp(), s -> {})) {
      for (int step = 0; step < 60; step++) {
        step(journal, step);
      }
      awaitSequence(journal, publisher);
    }
    Set<Received> once = new HashSet<>(receiver.spans);
    receiver.spans.clear();
    for (int step = 0; step < 60; ) {
      try (Journal journal = Journal.open(dataDirectory, config);
          OtlpPublisher publisher =
              OtlpPublisher.start(journal, otlp().withQueue(10_000, 7), s -> {})) {
        int until = Math.min(60, step + 9);
        for (; step < until; step++) {
          step(journal, step);
        }
        if (step % 2 == 0) {
          awaitSequence(journal, publisher);
        }
      }
    }
    assertEquals(names(once), names(receiver.spans));
    assertTrue(once.equals(new HashSet<>(receiver.spans)), "the same but for their names");
  }

  private static List<String> names(Collection<Received> spans) {
    return spans.stream()
        .map(span -> span.attributes().get("lifeline.sequence") + " " + span.name())
        .sorted()
        .toList();
  }

  /// Sessions that overlap, with statements in between.
  private void step(Journal journal, int step) {
    nowMicros.set(1_800_000_000_000_000L + step * 1_000L);
    Subject backend = new Subject("client backend", 10 + step / 3 % 5);
    switch (step % 15 / 3) {
      case 0, 1 ->
          emit(
              journal,
              backend,
              new ConnectionEvent.Received("127.0.0.1", step),
              new ConnectionEvent.Authorized("bob", "mydb", null, null, null));
      case 2, 3 -> emit(journal, backend, update());
      default -> {
        Subject old = new Subject("client backend", 10 + (step / 3 + 1) % 5);
        emit(journal, old, new ConnectionEvent.Closed("bob", "mydb", 1, null, null));
      }
    }
  }

  @Test
  void aCollectorThatIsAwayCostsSpansOnlyWhenTheQueueIsFullAndThatIsTold() throws Exception {
    receiver.answer = 503;
    int queue = 100;
    int statements = 500;
    StatementEvent.Completed oneSpan =
        new StatementEvent.Completed(42, "SELECT t", null, "alice", "mydb", 1, 20, null, List.of());
    try (Journal journal = Journal.open(dataDirectory, config);
        OtlpPublisher publisher =
            OtlpPublisher.start(journal, otlp().withQueue(queue, 30), s -> {})) {
      for (int i = 0; i < statements; i++) {
        journal.emit(BACKEND, oneSpan);
      }
      while (publisher.status().state() != OtlpStatus.State.AWAY
          || publisher.status().droppedSpans() < statements - queue) {
        Thread.sleep(5);
      }
      String reason = publisher.status().reason();
      assertNotNull(reason);
      assertTrue(receiver.refused.get() > 0);
      receiver.answer = 200;
      while (receiver.spans.size() < queue) {
        Thread.sleep(5);
      }
      ObserverEvent.GapDetected gap = null;
      while (gap == null) {
        gap = gap(journal);
        Thread.sleep(5);
      }
      assertEquals("otlp", gap.source());
      assertEquals(statements - queue, gap.missing());
      awaitSequence(journal, publisher);
      assertEquals(OtlpStatus.State.EXPORTING, publisher.status().state());
      assertEquals(queue, publisher.status().exportedSpans());
    }
    assertEquals(queue, receiver.spans.size());
  }

  private static ObserverEvent.@Nullable GapDetected gap(Journal journal) throws Exception {
    LineReader reader = new LineReader();
    for (JournalLine line : journal.reader().read(1, Integer.MAX_VALUE)) {
      if (line.envelope(reader).event() instanceof ObserverEvent.GapDetected gap) {
        return gap;
      }
    }
    return null;
  }
}
