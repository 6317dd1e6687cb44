package dev.lifeline.events.otlp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.events.CheckpointEvent;
import dev.lifeline.events.ConnectionEvent;
import dev.lifeline.events.Envelope;
import dev.lifeline.events.LifecycleEvent;
import dev.lifeline.events.LockEvent;
import dev.lifeline.events.PostmasterEvent;
import dev.lifeline.events.ProcessEvent;
import dev.lifeline.events.RecoveryEvent;
import dev.lifeline.events.ReplicationEvent;
import dev.lifeline.events.StatementEvent;
import dev.lifeline.events.Subject;
import dev.lifeline.events.TraceContext;
import dev.lifeline.events.TransactionEvent;
import dev.lifeline.events.VacuumEvent;
import dev.lifeline.events.WalEvent;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Which traces there are: each kind with its root span and all children, in the order of time.
class TraceTableTest {
  private static final Instant T0 = Instant.parse("2026-11-23T10:00:00Z");
  private static final long SECOND_MS = 1000;
  private static final Subject POSTMASTER = new Subject("postmaster", 1);
  private static final Subject STARTUP = new Subject("startup", 2);
  private static final Subject CHECKPOINTER = new Subject("checkpointer", 3);
  private static final Subject ARCHIVER = new Subject("archiver", 5);
  private static final Subject BACKEND = new Subject("client backend", 7);
  private static final TraceContext CLIENT =
      new TraceContext("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", 1);

  private final SpanProjector projector = new SpanProjector(7, Resource.empty());
  private final List<SpanData> spans = new ArrayList<>();
  private long sequence;

  /// Each event is a second after the one before.
  private void on(Subject subject, LifecycleEvent... events) {
    for (LifecycleEvent event : events) {
      on(subject, event, null);
    }
  }

  private void on(Subject subject, LifecycleEvent event, @Nullable TraceContext trace) {
    sequence++;
    spans.addAll(
        projector.apply(
            new Envelope(7, sequence, T0.plusSeconds(sequence), subject, 0, trace, event)));
  }

  private SpanData only(String name) {
    List<SpanData> found = spans.stream().filter(span -> span.getName().equals(name)).toList();
    assertEquals(1, found.size(), () -> name + " of " + spans);
    return found.getFirst();
  }

  /// The root has these children and no others but the one that shows it before it ends; all of
  /// them tell their event.
  private SpanData assertTrace(String rootName, String... children) {
    SpanData root = only(rootName);
    List<SpanData> found =
        spans.stream()
            .filter(span -> span.getParentSpanId().equals(root.getSpanId()))
            .filter(span -> !span.getName().endsWith(" (started)"))
            .sorted(Comparator.comparingLong(SpanData::getStartEpochNanos))
            .toList();
    assertEquals(List.of(children), found.stream().map(SpanData::getName).toList());
    for (SpanData child : found) {
      assertEquals(root.getTraceId(), child.getTraceId());
      assertTrue(child.getStartEpochNanos() >= root.getStartEpochNanos(), child::toString);
      assertTrue(child.getEndEpochNanos() <= root.getEndEpochNanos(), child::toString);
      assertTrue(child.getAttributes().toString().contains("lifeline.sequence="), child::toString);
    }
    assertTrue(root.getAttributes().toString().contains("lifeline.sequence="), root::toString);
    return root;
  }

  private static double millis(SpanData span) {
    return (span.getEndEpochNanos() - span.getStartEpochNanos()) / 1e6;
  }

  @Test
  void start() {
    startUp();
    SpanData root =
        assertTrace(
            "startup",
            "config",
            "shared memory",
            "fork startup",
            "recovery",
            "fork checkpointer",
            "listen",
            "ready");
    assertTrue(root.getParentSpanId().matches("0*"), root::toString);
  }

  private void startUp() {
    on(
        POSTMASTER,
        new PostmasterEvent.Started("0.1", "15.18", "/data", 4711),
        new PostmasterEvent.ConfigLoaded("postgresql.conf", List.of()),
        new PostmasterEvent.SharedMemoryInitialized(1 << 27, 1 << 26, 1 << 22, 50));
    on(STARTUP, new ProcessEvent.Forked(1));
    on(STARTUP, new ProcessEvent.Ready(1), new RecoveryEvent.NotRequired(100));
    on(STARTUP, new ProcessEvent.Exited(0, 2));
    on(CHECKPOINTER, new ProcessEvent.Forked(1), new ProcessEvent.Ready(1));
    on(
        POSTMASTER,
        new PostmasterEvent.Listening("127.0.0.1", 5432),
        new PostmasterEvent.StateChanged("PM_STARTUP", "PM_RUN"));
  }

  @Test
  void crashRecovery() {
    startUp();
    spans.clear();
    on(BACKEND, new ProcessEvent.Crashed(1, "java.lang.Error", "XX000", "no", 10));
    on(POSTMASTER, new PostmasterEvent.StateChanged("PM_RUN", "PM_WAIT_BACKENDS"));
    Subject other = new Subject("client backend", 8);
    on(other, new ProcessEvent.Terminated("SIGQUIT", "crash"), new ProcessEvent.Exited(2, 1));
    on(POSTMASTER, new PostmasterEvent.SharedMemoryInitialized(1, 1, 1, 1));
    on(
        STARTUP,
        new ProcessEvent.Forked(1),
        new RecoveryEvent.Started(RecoveryEvent.Reason.CRASH, 90, 100),
        new RecoveryEvent.Completed(RecoveryEvent.Reason.CRASH, 100, 200, 5, 100, SECOND_MS));
    on(CHECKPOINTER, new CheckpointEvent.Started(CheckpointEvent.Reason.END_OF_RECOVERY, 200));
    on(CHECKPOINTER, checkpoint(CheckpointEvent.Reason.END_OF_RECOVERY));
    on(STARTUP, new ProcessEvent.Exited(0, 1));
    on(POSTMASTER, new PostmasterEvent.StateChanged("PM_STARTUP", "PM_RUN"));
    assertTrace(
        "crash recovery",
        "crash client backend/7",
        "terminate client backend/8",
        "shared memory",
        "fork startup",
        "redo",
        "checkpoint",
        "ready");
    assertEquals(SECOND_MS, millis(only("redo")));
  }

  private static CheckpointEvent.Completed checkpoint(CheckpointEvent.Reason reason) {
    return new CheckpointEvent.Completed(
        reason, 200, 100, 5, 0, 0, 1, 3, 0.1, 0.1, 500, 250, 100, SECOND_MS, 100, 100);
  }

  @Test
  void aCheckpoint() {
    on(CHECKPOINTER, new CheckpointEvent.Started(CheckpointEvent.Reason.TIME, 100));
    on(CHECKPOINTER, checkpoint(CheckpointEvent.Reason.TIME));
    assertTrace("checkpoint", "write buffers", "sync files", "WAL record", "recycle segments");
    assertEquals(500, millis(only("write buffers")));
    assertEquals(250, millis(only("sync files")));
    assertEquals(100, millis(only("recycle segments")));
  }

  @Test
  void vacuum() {
    Subject worker = new Subject("autovacuum worker", 9);
    on(worker, new VacuumEvent.Started("mydb", "public", "employees", true));
    on(
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
            400,
            200,
            100,
            50,
            SECOND_MS));
    assertTrace("vacuum employees", "heap scan", "index scans", "heap pass", "truncate");
    assertEquals(50, millis(only("truncate")));
  }

  @Test
  void aConnection() {
    on(
        BACKEND,
        new ConnectionEvent.Received("127.0.0.1", 4000),
        new ConnectionEvent.Secured("TLSv1.3", "TLS_AES_256_GCM_SHA384", false, 250),
        new ConnectionEvent.Authenticated("alice", "scram-sha-256", 3),
        new ConnectionEvent.Authorized(
            "alice", "mydb", "psql", "TLSv1.3", "TLS_AES_256_GCM_SHA384"),
        new ProcessEvent.Ready(4),
        new ConnectionEvent.Closed("alice", "mydb", 9, null, null));
    SpanData root = assertTrace("connection", "TLS", "authenticate", "authorize", "startup");
    assertEquals(SpanKind.SERVER, root.getKind());
    SpanData tls = only("TLS");
    assertEquals(250, millis(tls));
    assertTrue(tls.getAttributes().toString().contains("tls.protocol.version=\"1.3\""));
    assertEquals(tls.getEndEpochNanos(), only("authenticate").getStartEpochNanos());
  }

  @Test
  void aConnectionThatIsNotEncryptedHasNoHandshake() {
    on(
        BACKEND,
        new ConnectionEvent.Received("127.0.0.1", 4000),
        new ConnectionEvent.Authenticated("alice", "scram-sha-256", 3),
        new ConnectionEvent.Rejected("127.0.0.1", "alice", "no", "3D000", "no such database"));
    SpanData root = assertTrace("connection", "authenticate");
    assertEquals(StatusCode.ERROR, root.getStatus().getStatusCode());
  }

  @Test
  void aStatement() {
    on(
        BACKEND,
        new LockEvent.Waiting("ShareLock", "transactionid", "transaction 7", List.of(4), "t"),
        new LockEvent.Acquired("ShareLock", "transactionid", "transaction 7", SECOND_MS, "t"));
    on(new Subject("walwriter", 4), new WalEvent.Flushed(90, 300, 210, 2, 250, 500));
    on(BACKEND, new TransactionEvent.Committed(8, 10, 250));
    on(
        BACKEND,
        new StatementEvent.Completed(
            42,
            "UPDATE employees",
            "UPDATE employees SET salary = $1",
            "alice",
            "mydb",
            1,
            7 * SECOND_MS,
            new StatementEvent.Phases(7 * SECOND_MS, 100, 200, 300, 3 * SECOND_MS),
            List.of(
                new StatementEvent.PlanNode("Update on employees", -1, 0, 900, 900, 1, 1),
                new StatementEvent.PlanNode("Seq Scan on employees", 0, 100, 800, 700, 1, 1))),
        CLIENT);
    SpanData root =
        assertTrace("UPDATE employees", "parse", "plan", "execute", "lock wait", "commit");
    assertEquals(SpanKind.SERVER, root.getKind());
    assertEquals(CLIENT.spanId(), root.getParentSpanId());
    assertEquals(List.of(100.0, 200.0), List.of(millis(only("parse")), millis(only("plan"))));
    SpanData flush = only("wal flush");
    assertEquals(
        flush.getSpanId(), only("commit").getLinks().getFirst().getSpanContext().getSpanId());
    SpanData update = only("Update on employees");
    assertEquals(only("execute").getSpanId(), update.getParentSpanId());
    assertEquals(update.getSpanId(), only("Seq Scan on employees").getParentSpanId());
  }

  @Test
  void anArchivedSegment() {
    String file = "000000010000000000000003";
    on(
        ARCHIVER,
        new WalEvent.ArchiveFailed(file, 1, "exit code 1", 300),
        new WalEvent.ArchiveFailed(file, 1, "exit code 1", 300));
    assertEquals(1, projector.resumeFrom(sequence + 1), "it is tried again");
    on(ARCHIVER, new WalEvent.SegmentArchived(file, 400));
    SpanData root = assertTrace("archive " + file, "attempt", "attempt", "attempt");
    assertEquals(2300, millis(root));
    assertEquals(StatusCode.UNSET, root.getStatus().getStatusCode());
    assertEquals(
        List.of(StatusCode.ERROR, StatusCode.ERROR, StatusCode.UNSET),
        spans.stream()
            .filter(span -> span.getName().equals("attempt"))
            .map(span -> span.getStatus().getStatusCode())
            .toList());
    only("archive " + file + " (started)");
    assertEquals(sequence + 1, projector.resumeFrom(sequence + 1), "nothing is open");
    on(ARCHIVER, new WalEvent.SegmentArchived("000000010000000000000004", 400));
    assertTrace("archive 000000010000000000000004", "attempt");
  }

  @Test
  void replication() {
    Subject worker = new Subject("logical replication worker", 11);
    on(
        worker,
        new ReplicationEvent.SubscriptionStarted("orders", "slot_b", 0x1000),
        new ReplicationEvent.ApplyProgressed("orders", 0x1100, 0x1100, 0, 0),
        new ReplicationEvent.ApplyProgressed("orders", 0x1200, 0x1200, 0, 0),
        new ProcessEvent.Exited(0, 0));
    assertTrace("subscription orders", "apply", "apply");
  }
}
