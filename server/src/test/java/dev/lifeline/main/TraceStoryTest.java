package dev.lifeline.main;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.lifeline.events.Envelope;
import dev.lifeline.events.TransactionEvent;
import dev.lifeline.events.WalEvent;
import dev.lifeline.events.codec.LineReader;
import dev.lifeline.events.journal.Journal;
import dev.lifeline.events.journal.JournalReader;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.trace.v1.Span;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// One HTTP request of the service in `deploy/examples`, followed through vertx-pg-client to the
/// WAL flush that made its change durable, and on to the checkpoint: in the bytes that a collector
/// gets, and in what a real Jaeger tells of it.
class TraceStoryTest {
  private static final String REQUEST = "POST /employees/:id/raise";

  @TempDir private Path dir;
  private final List<Span> spans = new CopyOnWriteArrayList<>();
  private final List<Metric> metrics = new CopyOnWriteArrayList<>();
  private HttpServer collector;
  private String endpoint;

  /// The trace that the application began with the request.
  private String requestTrace = "";

  @BeforeEach
  void startCollector() throws IOException {
    collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    collector.createContext(
        "/v1/traces",
        exchange ->
            ExportTraceServiceRequest.parseFrom(body(exchange)).getResourceSpansList().stream()
                .flatMap(group -> group.getScopeSpansList().stream())
                .forEach(scope -> spans.addAll(scope.getSpansList())));
    collector.createContext(
        "/v1/metrics",
        exchange ->
            ExportMetricsServiceRequest.parseFrom(body(exchange)).getResourceMetricsList().stream()
                .flatMap(group -> group.getScopeMetricsList().stream())
                .forEach(scope -> metrics.addAll(scope.getMetricsList())));
    collector.start();
    endpoint = "http://127.0.0.1:" + collector.getAddress().getPort();
  }

  @AfterEach
  void stop() {
    collector.stop(0);
  }

  /// Reads a request and answers it: an empty response is a success.
  private static byte[] body(HttpExchange exchange) throws IOException {
    try (exchange;
        InputStream in = exchange.getRequestBody()) {
      boolean gzip = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
      byte[] request = (gzip ? new GZIPInputStream(in) : in).readAllBytes();
      exchange.getResponseHeaders().add("Content-Type", "application/x-protobuf");
      exchange.sendResponseHeaders(200, -1);
      return request;
    }
  }

  @Test
  void fromTheRequestToTheFlushThatMadeItDurable() throws Exception {
    playStory();
    checkStory();
    checkMetrics();
  }

  @Test
  void jaegerTellsTheSameStory() throws Exception {
    Optional<Path> program = Tools.findOptional("jaeger-all-in-one");
    Assumptions.assumeTrue(program.isPresent(), "Jaeger is not there: deploy/jaeger builds it");
    try (JaegerProcess jaeger = JaegerProcess.start(program.get(), dir.resolve("jaeger.log"))) {
      endpoint = jaeger.endpoint();
      playStory();
      checkTold(jaeger);
    }
  }

  private void checkTold(JaegerProcess jaeger) throws Exception {
    JsonObject trace = jaeger.trace(requestTrace, "commit");
    JsonObject request = only(trace, REQUEST, null);
    JsonObject client = only(trace, "UPDATE employees", request);
    JsonObject statement = only(trace, "UPDATE employees", client);
    assertEquals("server", JaegerProcess.tag(statement, "span.kind"));
    assertEquals("postgresql", JaegerProcess.tag(statement, "db.system.name"));
    JsonObject execute = only(trace, "execute", statement);
    JsonObject update = only(trace, "Update on employees", execute);
    only(trace, "Index Scan using employees_pkey on employees", update);
    JsonObject commit = only(trace, "commit", statement);

    JsonObject link =
        JaegerProcess.objects(commit, "references")
            .filter(reference -> reference.getString("refType").equals("FOLLOWS_FROM"))
            .findFirst()
            .orElseThrow(() -> new AssertionError("no link to the flush: " + commit));
    JsonObject flushes = jaeger.trace(link.getString("traceID"), "wal flush");
    JsonObject flush =
        JaegerProcess.objects(flushes, "spans")
            .filter(span -> span.getString("spanID").equals(link.getString("spanID")))
            .findFirst()
            .orElseThrow(() -> new AssertionError("the linked flush is missing: " + flushes));
    assertEquals("wal flush", flush.getString("operationName"));
    Envelope flushed = event(((Number) JaegerProcess.tag(flush, "lifeline.sequence")).longValue());
    assertTrue(flushed.event() instanceof WalEvent.Flushed, flushed::toString);
  }

  /// The one span of a name below another one, as Jaeger has it.
  private static JsonObject only(JsonObject trace, String name, @Nullable JsonObject parent) {
    List<JsonObject> found =
        JaegerProcess.objects(trace, "spans")
            .filter(span -> span.getString("operationName").equals(name))
            .filter(span ->
                JaegerProcess.objects(span, "references")
                    .filter(reference -> reference.getString("refType").equals("CHILD_OF"))
                    .map(reference -> reference.getString("spanID"))
                    .toList()
                    .equals(parent == null ? List.of() : List.of(parent.getString("spanID"))))
            .toList();
    assertEquals(1, found.size(), () -> name + " in " + trace.encodePrettily());
    return found.getFirst();
  }

  private void playStory() throws Exception {
    try (LifelineProcess server =
        LifelineProcess.start(
            dir.resolve("data"),
            "-c",
            "lifeline.otlp_endpoint=" + endpoint,
            "-c",
            "lifeline.trace_plan_nodes=on")) {
      execute(
          server,
          "CREATE TABLE employees (id int PRIMARY KEY, salary int)",
          "INSERT INTO employees SELECT i, 1000 FROM generate_series(1, 100) i");
      try (SalaryService application = SalaryService.start(server.port(), endpoint)) {
        requestTrace = application.raise(7);
      }
      execute(server, "CHECKPOINT");
      assertEquals(0, server.stop("INT"), server.log());
    }
  }

  private void checkStory() throws IOException {
    Span request = only(REQUEST, Span.getDefaultInstance());
    Span client = only("UPDATE employees", request);
    Span statement = only("UPDATE employees", client);
    assertEquals(Span.SpanKind.SPAN_KIND_SERVER, statement.getKind());
    assertEquals("postgresql", text(statement, "db.system.name"));
    assertEquals("postgres", text(statement, "db.namespace"));
    assertEquals("UPDATE employees", text(statement, "db.query.summary"));
    assertEquals(
        "UPDATE employees SET salary = salary + ? WHERE id = ?",
        text(statement, "db.query.text").strip());

    Span execute = only("execute", statement);
    Span update = only("Update on employees", execute);
    Span scan = only("Index Scan using employees_pkey on employees", update);
    assertEquals(1, number(scan, "lifeline.plan.rows"));
    assertEquals(1, number(scan, "lifeline.plan.loops"));

    Span commit = only("commit", statement);
    assertEquals(request.getTraceId(), commit.getTraceId());
    assertEquals(1, commit.getLinksCount());
    Span flush = linked(commit.getLinks(0).getSpanId());
    assertEquals("wal flush", flush.getName());
    Envelope committed = event(number(commit, "lifeline.sequence"));
    Envelope flushed = event(number(flush, "lifeline.sequence"));
    assertTrue(committed.event() instanceof TransactionEvent.Committed, committed::toString);
    assertTrue(flushed.event() instanceof WalEvent.Flushed, flushed::toString);
    long lsn = ((TransactionEvent.Committed) committed.event()).commitLsn();
    WalEvent.Flushed group = (WalEvent.Flushed) flushed.event();
    assertTrue(group.startLsn() < lsn && lsn <= group.endLsn(), group::toString);

    List<Span> checkpoints =
        spans.stream()
            .filter(span -> span.getName().equals("checkpoint"))
            .filter(span ->
                span.getLinksList().stream()
                    .anyMatch(link -> link.getSpanId().equals(flush.getSpanId())))
            .toList();
    assertEquals(1, checkpoints.size(), "one checkpoint holds what the flush made durable");
  }

  private void checkMetrics() {
    List<String> names = metrics.stream().map(Metric::getName).distinct().sorted().toList();
    assertTrue(
        names.containsAll(
            List.of(
                "lifeline.connections",
                "lifeline.transactions_committed",
                "lifeline.wal_flushed",
                "lifeline.checkpoints")),
        names::toString);
    Metric wal =
        metrics.stream()
            .filter(metric -> metric.getName().equals("lifeline.wal_flushed"))
            .toList()
            .getLast();
    assertEquals("By", wal.getUnit());
    assertTrue(wal.getSum().getIsMonotonic());
    assertTrue(wal.getSum().getDataPoints(0).getAsDouble() > 0);
  }

  private static void execute(LifelineProcess server, String... statements) throws Exception {
    try (Connection connection = server.connect("postgres");
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private Envelope event(long sequence) throws IOException {
    JournalReader journal = JournalReader.of(dir.resolve("data").resolve(Journal.DIRECTORY));
    return journal.read(sequence, 1).getFirst().envelope(new LineReader());
  }

  /// The one span of a name below another one.
  private Span only(String name, Span parent) {
    List<Span> found =
        spans.stream()
            .filter(span -> span.getName().equals(name))
            .filter(span -> span.getParentSpanId().equals(parent.getSpanId()))
            .toList();
    assertEquals(1, found.size(), () -> name + " among " + described());
    assertFalse(found.getFirst().getSpanId().isEmpty());
    return found.getFirst();
  }

  private Span linked(com.google.protobuf.ByteString id) {
    List<Span> found = spans.stream().filter(span -> span.getSpanId().equals(id)).toList();
    assertEquals(1, found.size(), this::described);
    return found.getFirst();
  }

  private static String text(Span span, String key) {
    return attribute(span, key).getValue().getStringValue();
  }

  private static long number(Span span, String key) {
    return attribute(span, key).getValue().getIntValue();
  }

  private static KeyValue attribute(Span span, String key) {
    return span.getAttributesList().stream()
        .filter(attribute -> attribute.getKey().equals(key))
        .findFirst()
        .orElseThrow(() -> new AssertionError(span.getName() + " has no " + key));
  }

  private String described() {
    return spans.stream()
        .map(span ->
            HexFormat.of().formatHex(span.getParentSpanId().toByteArray()) + " > " + span.getName())
        .toList()
        .toString();
  }
}
