package dev.lifeline.dashboard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.events.ProcessEvent;
import dev.lifeline.events.Subject;
import dev.lifeline.events.journal.Journal;
import dev.lifeline.events.journal.JournalConfig;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The HTTP API over a real event log.
@Timeout(60)
class ApiTest {
  private static final long SYSTEM_IDENTIFIER = 7_000_000_000_000_000_042L;
  private static final int FIRST_PID = 100;
  private static final int EVENTS = 10;

  @TempDir private Path dir;
  private final Vertx vertx = Vertx.vertx();
  private final HttpClient client = HttpClient.newHttpClient();
  private Journal journal;
  private int port;

  @BeforeEach
  void start() throws Exception {
    journal = Journal.open(dir, JournalConfig.of(SYSTEM_IDENTIFIER));
    fork(EVENTS);
    DashboardVerticle dashboard =
        new DashboardVerticle(EventLogs.of(new JournalEventLog(journal)), List.of("127.0.0.1"), 0);
    vertx
        .deployVerticle(dashboard)
        .toCompletionStage()
        .toCompletableFuture()
        .get(20, TimeUnit.SECONDS);
    port = dashboard.actualPort();
  }

  @AfterEach
  void stop() throws Exception {
    client.shutdownNow();
    vertx.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    journal.close();
  }

  /// Each one is an event of a pid of its own: the event of sequence n is of pid 99 + n.
  private void fork(int count) throws InterruptedException {
    int pid = FIRST_PID + (int) journal.lastSequence();
    for (int i = 0; i < count; i++) {
      journal.emit(new Subject("client backend", pid + i), new ProcessEvent.Forked(1));
    }
    assertTrue(journal.awaitFlush(Duration.ofSeconds(20)));
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return client.send(request(path).build(), HttpResponse.BodyHandlers.ofString());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
        .timeout(Duration.ofSeconds(20));
  }

  private static List<Long> sequences(String ndjson) {
    return ndjson.lines().map(ApiTest::sequence).toList();
  }

  /// An event writes it as text, since it may be more than a double holds.
  private static long sequence(String event) {
    return Long.parseLong(new JsonObject(event).getString("sequence"));
  }

  private static List<Long> range(long from, long to) {
    return LongStream.rangeClosed(from, to).boxed().toList();
  }

  private static String type(HttpResponse<?> response) {
    return response.headers().firstValue("Content-Type").orElse("");
  }

  private static void assertProblem(int status, HttpResponse<String> response) {
    assertEquals(status, response.statusCode(), response.body());
    assertEquals("application/problem+json", type(response));
    JsonObject problem = new JsonObject(response.body());
    assertEquals(status, problem.getInteger("status"));
    assertFalse(problem.getString("title").isBlank());
  }

  @Test
  void clustersTellsWhatThereIs() throws Exception {
    HttpResponse<String> response = get("/api/v1/clusters");

    assertEquals(200, response.statusCode());
    assertEquals("application/json", type(response));
    JsonArray clusters = new JsonObject(response.body()).getJsonArray("clusters");
    assertEquals(1, clusters.size());
    JsonObject cluster = clusters.getJsonObject(0);
    assertEquals(Long.toString(SYSTEM_IDENTIFIER), cluster.getString("system_identifier"));
    assertEquals(1, cluster.getLong("first_sequence"));
    assertEquals(EVENTS, cluster.getLong("last_sequence"));
  }

  @Test
  void eventsComeInPages() throws Exception {
    HttpResponse<String> all = get("/api/v1/events");
    assertEquals(200, all.statusCode());
    assertEquals("application/x-ndjson", type(all));
    assertEquals(range(1, EVENTS), sequences(all.body()));

    List<Long> paged = new ArrayList<>();
    long from = 1;
    while (true) {
      String query = "?cluster=%d&from=%d&limit=4".formatted(SYSTEM_IDENTIFIER, from);
      List<Long> page = sequences(get("/api/v1/events" + query).body());
      if (page.isEmpty()) {
        break;
      }
      assertTrue(page.size() <= 4, page.toString());
      paged.addAll(page);
      from = page.getLast() + 1;
    }
    assertEquals(range(1, EVENTS), paged);
  }

  @Test
  void theStateAtASequence() throws Exception {
    JsonObject state = new JsonObject(get("/api/v1/state?at=3").body());

    assertEquals(3, state.getLong("sequence"));
    assertEquals(range(FIRST_PID, FIRST_PID + 2), pids(state));
  }

  @Test
  void theStateAtAnInstant() throws Exception {
    long before = journal.lastSequence();
    // Apart by more than the clock's resolution, so that an instant lies between them.
    Thread.sleep(20);
    fork(1);
    JsonObject last =
        new JsonObject(get("/api/v1/events?from=%d".formatted(before + 1)).body().strip());
    String time = last.getString("time");
    String earlier = Instant.parse(time).minusMillis(10).toString();

    assertEquals(
        before + 1,
        new JsonObject(get("/api/v1/state?at=" + encode(time)).body()).getLong("sequence"));
    JsonObject state = new JsonObject(get("/api/v1/state?at=" + encode(earlier)).body());
    assertEquals(before, state.getLong("sequence"));
    assertEquals(range(FIRST_PID, FIRST_PID + before - 1), pids(state));
  }

  @Test
  void theStateNow() throws Exception {
    JsonObject state = new JsonObject(get("/api/v1/state").body());

    assertEquals(EVENTS, state.getLong("sequence"));
    assertEquals(EVENTS, pids(state).size());
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static List<Long> pids(JsonObject state) {
    JsonArray processes = state.getJsonArray("processes");
    List<Long> pids = new ArrayList<>();
    for (int i = 0; i < processes.size(); i++) {
      pids.add(processes.getJsonObject(i).getLong("pid"));
    }
    return pids.stream().sorted().toList();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/v1/events?from=one",
        "/api/v1/events?from=-1",
        "/api/v1/events?limit=1e3",
        "/api/v1/events?from=99999999999999999999",
        "/api/v1/state?at=yesterday",
        "/api/v1/state?at=-3",
        "/api/v1/state?at=99999999999999999999",
        "/api/v1/state?at=",
        "/api/v1/stream?from=x",
      })
  void aBadParameterIsAProblem(String path) throws Exception {
    assertProblem(400, get(path));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/api/v1/events?cluster=1", "/api/v1/nothing"})
  void whatThereIsNotIsAProblem(String path) throws Exception {
    assertProblem(404, get(path));
  }

  /// One connection to the stream, as a browser reads it.
  private final class Stream implements AutoCloseable {
    private final InputStream in;
    private final BufferedReader reader;

    Stream(HttpRequest.Builder request) throws Exception {
      HttpResponse<InputStream> response =
          client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
      assertEquals(200, response.statusCode());
      assertEquals("text/event-stream", type(response));
      in = response.body();
      reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    }

    /// The sequences of the next events; an event's id is the sequence that is in its data.
    List<Long> next(int count) throws IOException {
      List<Long> sequences = new ArrayList<>();
      long id = 0;
      while (sequences.size() < count) {
        String line = reader.readLine();
        if (line.startsWith("id: ")) {
          id = Long.parseLong(line.substring("id: ".length()));
        } else if (line.startsWith("data: ")) {
          assertEquals(id, sequence(line.substring("data: ".length())));
          sequences.add(id);
        }
      }
      return sequences;
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }

  @Test
  void theStreamGoesOnAfterTheLastEventThatWasSeen() throws Exception {
    List<Long> seen = new ArrayList<>();
    try (Stream stream = new Stream(request("/api/v1/stream?from=1"))) {
      seen.addAll(stream.next(EVENTS));
      fork(3);
      // The connection is lost with one event on its way.
      seen.addAll(stream.next(2));
    }
    fork(4);
    long last = seen.getLast();
    // A browser asks with the address that it had: what it has seen outweighs it.
    try (Stream stream =
        new Stream(request("/api/v1/stream?from=1").header("Last-Event-ID", Long.toString(last)))) {
      seen.addAll(stream.next(5));
      fork(2);
      seen.addAll(stream.next(2));
    }

    assertEquals(range(1, EVENTS + 9), seen);
  }

  @Test
  void withoutAStartTheStreamTellsWhatIsNew() throws Exception {
    try (Stream stream = new Stream(request("/api/v1/stream"))) {
      fork(2);
      assertEquals(range(EVENTS + 1, EVENTS + 2), stream.next(2));
    }
  }

  @Test
  void itIsHealthy() throws Exception {
    HttpResponse<String> response = get("/healthz");

    assertEquals(200, response.statusCode());
    assertEquals("ok\n", response.body());
  }

  @Test
  void theTopicsAreDescribed() throws Exception {
    HttpResponse<String> response = get("/asyncapi.yaml");

    assertEquals(200, response.statusCode());
    assertEquals("application/yaml", response.headers().firstValue("content-type").orElseThrow());
    assertTrue(response.body().startsWith("asyncapi: 3.0.0\n"), response.body());
  }

  @Test
  void metricsAreInPrometheusFormat() throws Exception {
    HttpResponse<String> response = get("/metrics");

    assertEquals(200, response.statusCode());
    assertTrue(type(response).startsWith("text/plain; version=0.0.4"), type(response));
    Map<String, String> types = new HashMap<>();
    Map<String, Double> values = new HashMap<>();
    for (String line : response.body().lines().toList()) {
      if (line.startsWith("# TYPE ")) {
        String[] parts = line.split(" ", -1);
        assertTrue(List.of("counter", "gauge").contains(parts[3]), line);
        assertEquals(null, types.put(parts[2], parts[3]), line);
      } else if (!line.startsWith("# HELP ")) {
        assertTrue(
            line.matches("[a-z_]+\\{system_identifier=\"" + SYSTEM_IDENTIFIER + "\"} [0-9.eE+]+"),
            line);
        String name = line.substring(0, line.indexOf('{'));
        assertTrue(types.containsKey(name), line);
        values.put(name, Double.valueOf(line.substring(line.indexOf(' ') + 1)));
      }
    }
    assertEquals(types.keySet(), values.keySet());
    assertEquals(EVENTS, values.get("lifeline_events_total"));
    assertEquals(EVENTS, values.get("lifeline_forks_total"));
    assertEquals(EVENTS, values.get("lifeline_processes"));
    assertEquals(0, values.get("lifeline_crashes_total"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"attacker.example", "attacker.example:8432", "127.0.0.1.attacker.example"})
  void aForeignHostIsMisdirected(String host) throws Exception {
    assertEquals(421, statusFor(host));
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "127.0.0.1:1", "[::1]:1"})
  void aNameOfLoopbackIsServed(String host) throws Exception {
    assertEquals(200, statusFor(host));
  }

  /// By hand, since no HTTP client lets its caller say another host than it connects to.
  private int statusFor(String host) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket
          .getOutputStream()
          .write(
              "GET /api/v1/clusters HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n"
                  .formatted(host)
                  .getBytes(StandardCharsets.US_ASCII));
      BufferedReader reader =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
      return Integer.parseInt(reader.readLine().split(" ", -1)[1]);
    }
  }
}
