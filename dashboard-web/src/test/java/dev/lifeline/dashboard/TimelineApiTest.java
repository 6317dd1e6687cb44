package dev.lifeline.dashboard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.events.AnnotationEvent;
import dev.lifeline.events.PostmasterEvent;
import dev.lifeline.events.ProcessEvent;
import dev.lifeline.events.Subject;
import dev.lifeline.events.TransactionEvent;
import dev.lifeline.events.WalEvent;
import dev.lifeline.events.journal.Journal;
import dev.lifeline.events.journal.JournalConfig;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The timeline's part of the API, what it exports, and what it may do, over a real event log.
@Timeout(60)
class TimelineApiTest {
  private static final Subject POSTMASTER = new Subject("postmaster", 10);
  private static final Subject BACKEND = new Subject("client backend", 20);
  private static final String TOKEN = "0123456789abcdef";

  @TempDir private Path dir;
  private final Vertx vertx = Vertx.vertx();
  private final HttpClient client = HttpClient.newHttpClient();
  private final List<String> done = new ArrayList<>();
  private Journal journal;
  private JournalEventLog log;
  private int port;

  private final class Recorded implements Actions {
    @Override
    public boolean admits(String token) {
      return token.equals(TOKEN);
    }

    @Override
    public String whereTheTokenIs() {
      return "/data/dashboard.token";
    }

    @Override
    public @Nullable String jaegerUrl() {
      return null;
    }

    @Override
    public List<Drill> drills() {
      return List.of(
          new Drill("crash_backend", "Crash a session", true, List.of("process.crashed")));
    }

    @Override
    public Future<Long> drill(String name, int pid) {
      done.add(name + " " + pid);
      return Future.succeededFuture(journal.lastSequence());
    }

    @Override
    public Future<QueryResult> query(
        String sql, @Nullable String user, @Nullable String password, int rowsMax) {
      done.add(sql + " as " + user);
      return switch (sql) {
        case "wrong" -> Future.failedFuture("ERROR: syntax error at or near \"wrong\" (42601)");
        case "nowhere" ->
            Future.succeededFuture(
                new QueryResult(List.of("n"), List.of(List.<@Nullable Object>of(1)), false));
        default ->
            Future.succeededFuture(
                new QueryResult(
                    List.of("sequence", "label", "value"),
                    List.of(
                        List.<@Nullable Object>of(3L, "crash", 2.5),
                        Arrays.<@Nullable Object>asList(6, null, null),
                        List.<@Nullable Object>of(99L, "not there", 1)),
                    true));
      };
    }

    @Override
    public Future<Long> annotate(
        String text, String author, long atSequence, @Nullable Long untilSequence) {
      return Future.succeededFuture(
          journal.emit(
              new Subject("dashboard", 0),
              new AnnotationEvent.Added(text, author, untilSequence),
              atSequence));
    }
  }

  /// 1 started, 2 forked, 3 crashed, 4 shared memory, 5 PM_RUN, 6 a commit, 7 its flush.
  @BeforeEach
  void start() throws Exception {
    journal = Journal.open(dir, JournalConfig.of(42));
    journal.emit(POSTMASTER, new PostmasterEvent.Started("1", "15", "/data", 1), 0);
    journal.emit(BACKEND, new ProcessEvent.Forked(10), 1);
    journal.emit(BACKEND, new ProcessEvent.Crashed(134, null, null, "broken, \"badly\"", 5), 2);
    journal.emit(POSTMASTER, new PostmasterEvent.SharedMemoryInitialized(1, 1, 1, 1), 3);
    journal.emit(POSTMASTER, new PostmasterEvent.StateChanged("PM_STARTUP", "PM_RUN"), 4);
    journal.emit(BACKEND, new TransactionEvent.Committed(700, 12.5, 5000), 0);
    journal.emit(new Subject("walwriter", 11), new WalEvent.Flushed(4000, 6000, 9, 1, 1, 2), 0);
    assertTrue(journal.awaitFlush(Duration.ofSeconds(20)));
    log = new JournalEventLog(journal);
    DashboardVerticle dashboard =
        new DashboardVerticle(EventLogs.of(log), List.of("127.0.0.1"), 0, new Recorded());
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

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/v1/" + path))
        .timeout(Duration.ofSeconds(20));
  }

  private HttpResponse<byte[]> get(String path) throws IOException, InterruptedException {
    return client.send(request(path).build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  private JsonObject json(String path) throws IOException, InterruptedException {
    HttpResponse<byte[]> response = get(path);
    String body = new String(response.body(), StandardCharsets.UTF_8);
    assertEquals(200, response.statusCode(), body);
    return new JsonObject(body);
  }

  private HttpResponse<String> post(String path, @Nullable String token, String body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = request(path).POST(HttpRequest.BodyPublishers.ofString(body));
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static List<Long> sequences(JsonArray ticks) {
    return ticks.stream().map(tick -> ((JsonObject) tick).getLong("sequence")).toList();
  }

  @Test
  void theOverviewNamesWhatTilesNumber() throws Exception {
    JsonObject overview = json("timeline");
    assertEquals(7, overview.getJsonObject("last").getLong("sequence"));
    assertEquals(7, overview.getLong("log_last"));
    assertEquals("postmaster", overview.getJsonArray("rows").getJsonObject(0).getString("type"));
    assertTrue(overview.getJsonArray("types").contains("process.crashed"));
    assertTrue(overview.getJsonArray("groups").contains("trouble"));
  }

  @Test
  void theIndexFollowsTheLogThoughNobodyAsks() throws Exception {
    while (log.timeline().last().sequence() < 7) {
      Thread.sleep(50); // the test's time limit ends it
    }
    assertEquals("postmaster", log.timeline().rows().getFirst().processType());
  }

  @Test
  void aTileIsArraysBehindAHeader() throws Exception {
    HttpResponse<byte[]> response = get("timeline/tile?axis=sequence&level=0&index=0");
    assertEquals("no-store", response.headers().firstValue("Cache-Control").orElse(""));
    ByteBuffer bytes = ByteBuffer.wrap(response.body()).order(ByteOrder.LITTLE_ENDIAN);
    byte[] header = new byte[bytes.getInt()];
    bytes.get(header);
    JsonObject tile = new JsonObject(new String(header, StandardCharsets.UTF_8));
    assertEquals(7, tile.getInteger("ticks"));
    assertFalse(tile.getBoolean("counted"));
    assertFalse(tile.getBoolean("complete"));
    assertEquals(0, bytes.position() % 8);
    assertEquals(1.0, bytes.getDouble(), "the first coordinate");
    bytes.position(bytes.position() + 6 * 8);
    assertEquals(1.0, bytes.getDouble(), "the first sequence");
  }

  @Test
  void aTileThatTheLogHasPassedMayBeKept() throws Exception {
    for (int i = 0; i < 600; i++) {
      journal.emit(BACKEND, new TransactionEvent.RolledBack(i, 1), 0);
    }
    assertTrue(journal.awaitFlush(Duration.ofSeconds(20)));
    HttpResponse<byte[]> response = get("timeline/tile?axis=sequence&level=0&index=0");
    assertTrue(response.headers().firstValue("Cache-Control").orElse("").contains("immutable"));
  }

  @Test
  void theChainOfACrashEndsWhenSessionsAreAcceptedAgain() throws Exception {
    JsonObject chain = json("timeline/chain?sequence=3");
    assertEquals(List.of(2L, 1L), sequences(chain.getJsonArray("causes")));
    assertEquals(List.of(4L), sequences(chain.getJsonArray("effects")));
    assertEquals(List.of(1L, 2L, 3L, 4L, 5L), sequences(chain.getJsonArray("path")));
    assertEquals("client backend/20", chain.getJsonObject("event").getString("subject"));
    assertEquals(404, get("timeline/chain?sequence=99").statusCode());
  }

  @Test
  void aCommitKnowsTheFlushThatMadeItDurable() throws Exception {
    JsonObject flush = json("timeline/chain?sequence=6").getJsonObject("flush");
    assertEquals(7, flush.getLong("sequence"));
    assertEquals(2.0, flush.getDouble("sync_ms"));
  }

  @Test
  void searchFindsByTypeAndByText() throws Exception {
    assertEquals(
        List.of(4L, 5L),
        sequences(json("timeline/search?from=1&types=postmaster.*").getJsonArray("matches")));
    assertEquals(
        List.of(5L),
        sequences(
            json("timeline/search?from=8&direction=back&limit=1&types=postmaster.*")
                .getJsonArray("matches")));
    assertEquals(
        List.of(6L),
        sequences(json("timeline/search?text=%22xid%22:70+?0").getJsonArray("matches")));
    assertEquals(
        List.of(7L, 6L),
        sequences(
                json("timeline/search?from=8&direction=back&text=lsn.*0/").getJsonArray("matches"))
            .stream()
            .filter(sequence -> sequence > 5)
            .toList());
    assertEquals(400, get("timeline/search?text=(").statusCode());
  }

  @Test
  void eventsAreCountedByType() throws Exception {
    assertEquals(
        new JsonObject().put("process.forked", 1).put("process.crashed", 1),
        json("timeline/counts?from=2&to=3").getJsonObject("counts"));
  }

  @Test
  void locateFindsTheLastEventUpToACoordinate() throws Exception {
    assertEquals(6, json("timeline/locate?axis=lsn&at=5999").getLong("sequence"));
    assertEquals(7, json("timeline/locate?axis=lsn&at=6000").getLong("sequence"));
    assertEquals(400, get("timeline/locate?axis=depth&at=1").statusCode());
  }

  @Test
  void aSelectionIsExported() throws Exception {
    String csv =
        new String(
            get("export?format=csv&from=3&to=6&processes=client%20backend").body(),
            StandardCharsets.UTF_8);
    assertEquals(3, csv.lines().count(), csv);
    assertTrue(csv.contains("\"\"broken, \\\"\"badly"), csv);
    JsonObject chrome =
        new JsonObject(new String(get("export?format=chrome").body(), StandardCharsets.UTF_8));
    assertTrue(chrome.getJsonArray("traceEvents").size() > 7);
    String lines = new String(get("export?from=2&to=3").body(), StandardCharsets.UTF_8);
    assertEquals(2, lines.lines().count());
    assertEquals(400, get("export?format=pdf").statusCode());
  }

  @Test
  void nothingIsDoneWithoutTheToken() throws Exception {
    String body = "{\"name\":\"crash_backend\",\"pid\":20}";
    HttpResponse<String> without = post("actions/drill", null, body);
    assertEquals(401, without.statusCode());
    assertTrue(without.body().contains("/data/dashboard.token"), without.body());
    assertEquals(403, post("actions/drill", "wrong", body).statusCode());
    assertEquals(403, post("actions/annotation", "wrong", "{}").statusCode());
    assertEquals(List.of(), done);
    assertEquals(204, post("actions/token", TOKEN, "").statusCode());
    assertEquals(200, post("actions/drill", TOKEN, body).statusCode());
    assertEquals(List.of("crash_backend 20"), done);
    assertEquals(404, post("actions/drill", TOKEN, "{\"name\":\"melt\"}").statusCode());
    assertEquals(400, post("actions/drill", TOKEN, "[").statusCode());
  }

  @Test
  void theRowsOfAQueryStandOnTheTimeline() throws Exception {
    assertEquals(401, post("actions/query", null, "{\"sql\":\"SELECT 1\"}").statusCode());
    assertEquals(List.of(), done);
    HttpResponse<String> answer =
        post("actions/query", TOKEN, "{\"sql\":\"SELECT 1\",\"user\":\"ada\"}");
    assertEquals(200, answer.statusCode(), answer.body());
    assertEquals(List.of("SELECT 1 as ada"), done);
    JsonObject lane = new JsonObject(answer.body());
    assertEquals(true, lane.getBoolean("more"));
    assertEquals(1, lane.getInteger("elsewhere"));
    JsonObject crash = lane.getJsonArray("points").getJsonObject(0);
    assertEquals(3L, crash.getLong("sequence"));
    assertEquals("crash", crash.getString("label"));
    assertEquals(2.5, crash.getDouble("value"));
    JsonObject commit = lane.getJsonArray("points").getJsonObject(1);
    assertEquals(5000L, commit.getLong("lsn"));
    assertFalse(commit.containsKey("label"));

    HttpResponse<String> wrong = post("actions/query", TOKEN, "{\"sql\":\"wrong\"}");
    assertEquals(400, wrong.statusCode());
    assertTrue(wrong.body().contains("syntax error at or near"), wrong.body());
    HttpResponse<String> nowhere = post("actions/query", TOKEN, "{\"sql\":\"nowhere\"}");
    assertEquals(400, nowhere.statusCode());
    assertTrue(nowhere.body().contains("a lane needs a column"), nowhere.body());
  }

  @Test
  void aNoteIsAnEventWhoseCauseIsWhatItIsAbout() throws Exception {
    HttpResponse<String> answer =
        post(
            "actions/annotation",
            TOKEN,
            "{\"text\":\" why? \",\"author\":\"ada\",\"at\":3,\"until\":5}");
    assertEquals(200, answer.statusCode(), answer.body());
    long sequence = new JsonObject(answer.body()).getLong("sequence");
    assertTrue(journal.awaitFlush(Duration.ofSeconds(20)));
    JsonObject chain = json("timeline/chain?sequence=" + sequence);
    JsonObject data = chain.getJsonObject("event").getJsonObject("data");
    assertEquals("why?", data.getString("text"));
    assertEquals("5", data.getString("until_sequence"));
    assertEquals(3L, chain.getJsonObject("tick").getLong("cause"));
    assertEquals(
        400,
        post("actions/annotation", TOKEN, "{\"text\":\"\",\"author\":\"a\",\"at\":1}")
            .statusCode());
  }
}
