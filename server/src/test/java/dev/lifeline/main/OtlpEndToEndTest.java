package dev.lifeline.main;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.lifeline.events.StatsEvent;
import dev.lifeline.events.codec.LineReader;
import dev.lifeline.events.journal.Journal;
import dev.lifeline.events.journal.JournalLine;
import dev.lifeline.events.journal.JournalReader;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.HexFormat;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A server that exports to a receiver which takes what an OpenTelemetry collector takes.
class OtlpEndToEndTest {
  @TempDir private Path dir;
  private HttpServer collector;
  private final List<Span> spans = new CopyOnWriteArrayList<>();

  @BeforeEach
  void startCollector() throws IOException {
    collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    collector.createContext("/v1/traces", this::receive);
    collector.start();
  }

  @AfterEach
  void stopCollector() {
    collector.stop(0);
  }

  private void receive(HttpExchange exchange) throws IOException {
    try (exchange;
        InputStream body = exchange.getRequestBody()) {
      boolean gzip = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
      byte[] request = (gzip ? new GZIPInputStream(body) : body).readAllBytes();
      for (ResourceSpans group :
          ExportTraceServiceRequest.parseFrom(request).getResourceSpansList()) {
        group.getScopeSpansList().forEach(scope -> spans.addAll(scope.getSpansList()));
      }
      exchange.getResponseHeaders().add("Content-Type", "application/x-protobuf");
      exchange.sendResponseHeaders(200, -1); // an empty response is a success
    }
  }

  @Test
  void theStartAndAConnectionArriveAsTraces() throws Exception {
    String endpoint = "http://127.0.0.1:" + collector.getAddress().getPort();
    Certificates certificates = new Certificates(dir.resolve("tls"));
    certificates.selfSigned("server", "/CN=localhost");
    try (LifelineProcess server =
        LifelineProcess.start(
            dir.resolve("data"),
            "-c",
            "lifeline.otlp_endpoint=" + endpoint,
            "-c",
            "ssl=on",
            "-c",
            "ssl_cert_file=" + certificates.file("server.crt"),
            "-c",
            "ssl_key_file=" + certificates.file("server.key"))) {
      String encrypted = server.url("postgres").replace("sslmode=disable", "sslmode=require");
      try (Connection connection = DriverManager.getConnection(encrypted);
          Statement statement = connection.createStatement()) {
        statement.execute("CREATE TABLE t (n int)");
      }
      try (RawClient stalled = RawClient.stalledHandshake(server.port())) {
        assertEquals(0, server.stop("INT"), server.log());
        stalled.awaitEnd();
      }
      assertFalse(server.log().contains("SSL"), "it held the stop up: " + server.log());
      server.verifyEvents();
    }
    List<Span> startups = roots("startup");
    assertEquals(1, startups.size(), () -> "spans: " + names());
    Span startup = startups.getFirst();
    assertTrue(startup.getParentSpanId().isEmpty());
    List<String> steps =
        spans.stream()
            .filter(span -> span.getParentSpanId().equals(startup.getSpanId()))
            .map(Span::getName)
            .toList();
    assertTrue(
        steps.containsAll(
            List.of("config", "listen", "shared memory", "fork startup", "recovery", "ready")),
        steps::toString);
    assertFalse(named("connection").isEmpty(), () -> "spans: " + names());
    List<Span> handshakes = named("TLS");
    assertEquals(1, handshakes.size(), () -> "spans: " + names());
    Span handshake = handshakes.getFirst();
    Span encrypted =
        named("connection").stream()
            .filter(span -> span.getSpanId().equals(handshake.getParentSpanId()))
            .findFirst()
            .orElseThrow(() -> new AssertionError("spans: " + names()));
    assertEquals(
        List.of("TLS", "authorize", "connection (started)", "startup"), children(encrypted));
    assertTrue(
        handshake.getAttributesList().stream()
            .anyMatch(attribute ->
                attribute.getKey().equals("tls.protocol.version")
                    && attribute.getValue().getStringValue().equals("1.3")),
        handshake::toString);
    for (Span span : spans) {
      assertTrue(span.getEndTimeUnixNano() >= span.getStartTimeUnixNano(), span::toString);
    }
  }

  /// The client's context comes by a comment in the statement and by a parameter; a trace that is
  /// not sampled leaves no spans.
  @Test
  void aStatementIsASpanOfTheClientsTrace() throws Exception {
    String endpoint = "http://127.0.0.1:" + collector.getAddress().getPort();
    String byComment = "0af7651916cd43dd8448eb211c80319c";
    String byParameter = "1bf7651916cd43dd8448eb211c80319d";
    String byName = "2cf7651916cd43dd8448eb211c80319e";
    String atStart = "3df7651916cd43dd8448eb211c80319f";
    try (LifelineProcess server =
        LifelineProcess.start(dir.resolve("data"), "-c", "lifeline.otlp_endpoint=" + endpoint)) {
      try (Connection connection = server.connect("postgres");
          Statement statement = connection.createStatement()) {
        statement.execute("CREATE TABLE t (n int)");
        statement.execute(
            "INSERT INTO t VALUES (42) /*traceparent='00-" + byComment + "-b7ad6b7169203331-01'*/");
        statement.execute(
            "SELECT n FROM t /*traceparent='00-" + byComment + "-b7ad6b7169203332-00'*/");
        statement.execute(
            "SET lifeline.traceparent = '00-" + byParameter + "-b7ad6b7169203333-01'");
        statement.execute("SELECT n FROM t WHERE n = 42");
        statement.execute("SET lifeline.traceparent = 'nonsense'");
        statement.execute("SELECT n FROM t WHERE n = 43");
      }
      String url = server.url("postgres") + "&assumeMinServerVersion=15";
      for (String context :
          List.of(
              "&ApplicationName=00-" + byName + "-b7ad6b7169203334-01",
              "&options=-c%20lifeline.traceparent=00-" + atStart + "-b7ad6b7169203335-01")) {
        try (Connection connection = DriverManager.getConnection(url + context);
            Statement statement = connection.createStatement()) {
          statement.execute("SELECT n FROM t WHERE n = 44");
        }
      }
      assertEquals(0, server.stop("INT"), server.log());
    }
    List<String> ids = spanIds();
    spans.clear();
    String data = dir.resolve("data").toString();
    assertEquals(0, Main.execute("events", "replay", "-D", data, "--otlp", endpoint));
    assertEquals(ids, spanIds(), "a log that is replayed gives the same spans");
    Span insert = only(byComment, "INSERT t");
    assertEquals(
        "b7ad6b7169203331", HexFormat.of().formatHex(insert.getParentSpanId().toByteArray()));
    assertEquals("INSERT INTO t VALUES (?)", text(insert));
    assertEquals(List.of("parse", "plan", "execute", "commit"), children(insert));
    Span select = only(byParameter, "SELECT t");
    assertEquals("SELECT n FROM t WHERE n = ?", text(select));
    assertEquals(List.of("parse", "plan", "execute"), children(select));
    for (String trace : List.of(byName, atStart)) {
      assertEquals("SELECT n FROM t WHERE n = ?", text(only(trace, "SELECT t")));
    }
    assertEquals(3, named("SELECT t").size(), this::described);
  }

  @Test
  void aCollectorMaySpeakGrpc() throws Exception {
    try (GrpcCollector grpc = new GrpcCollector()) {
      try (LifelineProcess server =
          LifelineProcess.start(
              dir.resolve("data"),
              "-c",
              "lifeline.otlp_endpoint=" + grpc.endpoint(),
              "-c",
              "lifeline.otlp_protocol=grpc")) {
        try (Connection connection = server.connect("postgres");
            Statement statement = connection.createStatement()) {
          statement.execute("SELECT 1");
        }
        assertEquals(0, server.stop("INT"), server.log());
      }
      spans.addAll(grpc.spans);
      assertEquals(1, roots("startup").size(), this::described);
      assertFalse(named("connection").isEmpty(), this::described);
      assertTrue(
          grpc.methods.contains("/opentelemetry.proto.collector.metrics.v1.MetricsService/Export"),
          grpc.methods::toString);
      List<String> ids = spanIds();
      spans.clear();
      grpc.spans.clear();
      String data = dir.resolve("data").toString();
      String[] replay = {
        "events", "replay", "-D", data, "--otlp", grpc.endpoint(), "--otlp-protocol", "grpc"
      };
      assertEquals(0, Main.execute(replay));
      spans.addAll(grpc.spans);
      assertEquals(ids, spanIds());
    }
  }

  /// Two in comments, two by the parameter, one by the name of the application. What is ignored
  /// leaves the statement without a trace, and no statement fails of it.
  @Test
  void malformedContextsAreCountedAndTold() throws Exception {
    String shaped = "00-zzf7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    Path data = dir.resolve("data");
    try (LifelineProcess server = LifelineProcess.start(data)) {
      try (Connection connection = server.connect("postgres");
          Statement statement = connection.createStatement()) {
        statement.execute("SELECT 1 /*traceparent='00-nothing-01'*/");
        statement.execute("SELECT 2 /*traceparent='" + shaped + "'*/");
        statement.execute("SET lifeline.traceparent = 'nonsense'");
        statement.execute("SELECT 3");
        statement.execute("SELECT 4");
        statement.execute("SET lifeline.traceparent = '" + shaped + "'");
        statement.execute("SET lifeline.traceparent = ''");
        statement.execute(
            "SET lifeline.traceparent = '00-" + "1".repeat(32) + "-b7ad6b7169203333-01'");
      }
      Properties named = new Properties();
      named.setProperty("ApplicationName", shaped);
      named.setProperty("assumeMinServerVersion", "15"); // so that it is in the startup packet
      try (Connection connection = DriverManager.getConnection(server.url("postgres"), named)) {
        assertTrue(connection.isValid(5));
      }
      assertEquals(0, server.stop("INT"), server.log());
    }
    long told = 0;
    LineReader reader = new LineReader();
    for (JournalLine line :
        JournalReader.of(data.resolve(Journal.DIRECTORY)).read(1, Integer.MAX_VALUE)) {
      if (line.envelope(reader).event() instanceof StatsEvent.Reported stats) {
        Long malformed = stats.traceContextsMalformed();
        told += malformed == null ? 0 : malformed;
      }
    }
    assertEquals(5, told);
  }

  private List<String> spanIds() {
    return spans.stream()
        .map(span -> HexFormat.of().formatHex(span.getSpanId().toByteArray()))
        .sorted()
        .toList();
  }

  private Span only(String traceId, String name) {
    List<Span> found =
        named(name).stream()
            .filter(
                span -> HexFormat.of().formatHex(span.getTraceId().toByteArray()).equals(traceId))
            .toList();
    assertEquals(1, found.size(), this::described);
    return found.getFirst();
  }

  private static String text(Span span) {
    return span.getAttributesList().stream()
        .filter(attribute -> attribute.getKey().equals("db.query.text"))
        .map(attribute -> attribute.getValue().getStringValue())
        .findFirst()
        .orElseThrow();
  }

  private List<Span> roots(String name) {
    return named(name).stream().filter(span -> span.getParentSpanId().isEmpty()).toList();
  }

  private List<String> children(Span parent) {
    return spans.stream()
        .filter(span -> span.getParentSpanId().equals(parent.getSpanId()))
        .map(Span::getName)
        .toList();
  }

  private String described() {
    return "spans: " + names();
  }

  private List<Span> named(String name) {
    return spans.stream().filter(span -> span.getName().equals(name)).toList();
  }

  private List<String> names() {
    return spans.stream().map(Span::getName).toList();
  }
}
