package dev.lifeline.main;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.events.ConnectionEvent;
import dev.lifeline.events.Envelope;
import dev.lifeline.events.LifecycleEvent;
import dev.lifeline.events.StatsEvent;
import dev.lifeline.observe.Doctor;
import dev.lifeline.observe.ServerFacts.LogAccess;
import dev.lifeline.observe.ServerLink;
import dev.lifeline.observe.TargetList;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import io.vertx.core.Vertx;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A real server that lets in by TLS and SCRAM only, observed, and where its events go: the topics,
/// the traces and the pages that a Lifeline has.
class ObservedTelemetryTest {
  private static final long WAIT_S = 60;
  private static final int VERSION = 16;
  private static final String SETTINGS = "log_connections=on\nlog_disconnections=on\n";

  @TempDir Path folder;

  @Test
  void anObservedServerIsOnTheTopicsTheTracesAndThePages() throws Exception {
    Assumptions.assumeTrue(PostgresBinaries.isThere(), "Maven has servers for Linux on amd64 only");
    Certificates authority = new Certificates(folder.resolve("authority"));
    authority.issue("server", "/CN=localhost", "rsa:2048");
    String verified = "?sslmode=verify-full&sslrootcert=" + authority.file("ca.crt");
    Path directory = folder.resolve("observed");
    int page = LifelineProcess.freePort();
    try (PostgresBinaries server = new PostgresBinaries(VERSION, folder, SETTINGS);
        KafkaBroker broker = KafkaBroker.start(folder.resolve("broker"));
        GrpcCollector collector = new GrpcCollector()) {
      server.requireTls(authority, "server");
      server.start();
      try (Connection superuser = server.connect()) {
        PostgresBinaries.execute(
            superuser, "CREATE ROLE watcher LOGIN PASSWORD '" + PostgresBinaries.PASSWORD + "'");
        refusesOthers(server, authority);
        heal(superuser, url(server, "localhost", verified));
      }
      try (ObserverProcess observer =
          new ObserverProcess(
              directory,
              "--kafka",
              broker.bootstrapServers(),
              "--otlp",
              collector.endpoint(),
              "--otlp-protocol",
              "grpc",
              ObserverProcess.DASHBOARD_PORT,
              Integer.toString(page),
              url(server, "localhost", verified))) {
        ObserverProcess.await(directory, 0, ObservedTelemetryTest::isObserver);
        // By then the views were asked who else there is.
        ObserverProcess.await(directory, 0, StatsEvent.Reported.class);
        String cluster = cluster(directory);
        pages(page, cluster);
        await("a connection's span", () -> collector.spans.stream().anyMatch(this::isConnection));
        traces(collector, cluster);
        await("events in Kafka", () -> broker.committed().size() > 10);
        topics(broker, directory, cluster);
        assertTrue(observer.process.isAlive());
      }
    }
  }

  /// The observer's own connection, as the server has logged it.
  private static boolean isObserver(LifecycleEvent event) {
    return event instanceof ConnectionEvent.Authorized authorized
        && "lifeline observe".equals(authorized.applicationName())
        && "TLSv1.3".equals(authorized.tlsVersion());
  }

  /// Another name, another authority, no TLS: no password is sent.
  private void refusesOthers(PostgresBinaries server, Certificates authority) throws Exception {
    Certificates other = new Certificates(folder.resolve("other"));
    String root = "&sslrootcert=";
    List<String> refused =
        List.of(
            url(server, "127.0.0.1", "?sslmode=verify-full" + root + authority.file("ca.crt")),
            url(server, "localhost", "?sslmode=verify-ca" + root + other.file("ca.crt")),
            url(server, "localhost", "?sslmode=disable"));
    Vertx vertx = Vertx.vertx();
    try {
      for (String url : refused) {
        assertThrows(IllegalStateException.class, () -> open(vertx, url).close(), url);
      }
      String named =
          url(server, "127.0.0.1", "?sslmode=verify-ca" + root + authority.file("ca.crt"));
      assertEquals(VERSION, open(vertx, named).facts().major());
    } finally {
      Blocking.await(vertx.close());
    }
  }

  private static String url(PostgresBinaries server, String host, String parameters) {
    return server.url("watcher", host, parameters);
  }

  /// Whoever runs what the doctor prints has a server that lacks nothing, and an observer that may
  /// read its log and no other file.
  private static void heal(Connection superuser, String url) throws Exception {
    Vertx vertx = Vertx.vertx();
    try {
      ServerLink poor = open(vertx, url);
      assertEquals(LogAccess.NONE, poor.facts().access());
      List<Doctor.Finding> lacks = findings(poor);
      assertTrue(
          lacks.stream().map(Doctor.Finding::what).toList().contains("log_lock_waits is off"),
          lacks::toString);
      for (Doctor.Finding lack : lacks) {
        for (String sql : lack.sql()) {
          PostgresBinaries.execute(superuser, sql);
        }
      }
      await("a server that lacks nothing", () -> findings(open(vertx, url)).isEmpty());
      ServerLink rich = open(vertx, url);
      assertEquals(LogAccess.FUNCTION, rich.facts().access());
      String other = "SELECT lifeline.read_log('../postgresql.conf', 0, 10)";
      assertThrows(IllegalStateException.class, () -> Blocking.await(rich.rows(other)));
    } finally {
      Blocking.await(vertx.close());
    }
  }

  private static List<Doctor.Finding> findings(ServerLink link) {
    Map<String, String> settings = new HashMap<>();
    Blocking.await(link.rows(Doctor.SETTINGS))
        .forEach(row -> settings.put(row.getString(0), row.getString(1)));
    boolean monitors =
        Blocking.await(link.rows("SELECT pg_has_role(current_user, 'pg_monitor', 'USAGE')"))
            .iterator()
            .next()
            .getBoolean(0);
    return Doctor.examine(link.facts(), "watcher", monitors, settings);
  }

  private static ServerLink open(Vertx vertx, String url) {
    return Blocking.await(ServerLink.open(vertx, TargetList.ofUrl(url)));
  }

  private static String cluster(Path directory) throws Exception {
    Path journal = Objects.requireNonNull(ObserverProcess.journal(directory));
    return Objects.requireNonNull(journal.getParent()).getFileName().toString();
  }

  private static void pages(int port, String cluster) throws Exception {
    String clusters = get(port, "/api/v1/clusters");
    assertTrue(clusters.contains(cluster) && clusters.contains("PM_RUN"), clusters);
    String lanes = get(port, "/api/v1/timeline");
    for (String lane : List.of("postmaster", "startup", "checkpointer", "client backend")) {
      assertTrue(lanes.contains("{\"type\":\"" + lane + "\""), lane + " in " + lanes);
    }
  }

  private static String get(int port, String path) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
            .timeout(Duration.ofSeconds(WAIT_S))
            .build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
      assertEquals(200, answer.statusCode(), answer.body());
      return answer.body();
    }
  }

  private boolean isConnection(Span span) {
    return span.getName().equals("connection");
  }

  private static void traces(GrpcCollector collector, String cluster) {
    assertFalse(collector.resources.isEmpty());
    collector.resources.forEach(resource ->
        assertEquals(cluster, value(resource.getAttributesList(), "service.instance.id")));
    List<String> names = collector.spans.stream().map(Span::getName).toList();
    assertTrue(names.contains("startup"), names::toString);
  }

  private static String value(List<KeyValue> attributes, String key) {
    return attributes.stream()
        .filter(attribute -> attribute.getKey().equals(key))
        .map(attribute -> attribute.getValue().getStringValue())
        .findFirst()
        .orElseThrow();
  }

  /// The key of each is the cluster, the id of what was read in the log its place there.
  private static void topics(KafkaBroker broker, Path directory, String cluster) throws Exception {
    List<ConsumerRecord<byte[], byte[]>> records = broker.committed();
    List<Envelope> events = ObserverProcess.events(directory);
    for (int i = 0; i < records.size(); i++) {
      ConsumerRecord<byte[], byte[]> record = records.get(i);
      assertEquals(cluster, new String(record.key(), UTF_8));
      String id = Objects.requireNonNull(events.get(i).origin()).id();
      assertEquals(cluster + "-" + (id == null ? i + 1 : id), header(record, "ce_id"));
    }
  }

  private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    return new String(record.headers().lastHeader(name).value(), UTF_8);
  }

  private static void await(String what, BooleanSupplier there) throws Exception {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_S);
    while (!there.getAsBoolean()) {
      assertTrue(System.nanoTime() < until, what);
      Thread.sleep(50);
    }
  }
}
