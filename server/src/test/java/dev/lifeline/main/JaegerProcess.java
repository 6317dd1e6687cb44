package dev.lifeline.main;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A real Jaeger that keeps what it is sent in memory: its OTLP receiver, and the API that its page
/// asks.
final class JaegerProcess implements AutoCloseable {
  private static final long WAIT_S = 30;
  private static final String LOOPBACK = "127.0.0.1:";

  private final Process process;
  private final Path log;
  private final int receiver;
  private final int query;
  private final HttpClient client = HttpClient.newHttpClient();

  private JaegerProcess(Process process, Path log, int receiver, int query) {
    this.process = process;
    this.log = log;
    this.receiver = receiver;
    this.query = query;
  }

  static JaegerProcess start(Path program, Path log) throws Exception {
    int receiver = LifelineProcess.freePort();
    int query = LifelineProcess.freePort();
    ProcessBuilder builder =
        new ProcessBuilder(
                List.of(
                    program.toString(),
                    "--collector.otlp.http.host-port=" + LOOPBACK + receiver,
                    "--query.http-server.host-port=" + LOOPBACK + query,
                    "--collector.otlp.grpc.host-port=" + LOOPBACK + "0",
                    "--collector.grpc-server.host-port=" + LOOPBACK + "0",
                    "--collector.http-server.host-port=" + LOOPBACK + "0",
                    "--query.grpc-server.host-port=" + LOOPBACK + LifelineProcess.freePort(),
                    "--admin.http.host-port=" + LOOPBACK + "0",
                    "--log-level=warn"))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().put("SPAN_STORAGE_TYPE", "memory");
    JaegerProcess jaeger = new JaegerProcess(builder.start(), log, receiver, query);
    try {
      jaeger.until("it answers", () -> jaeger.get("/api/services") != null);
      return jaeger;
    } catch (Exception e) {
      jaeger.close();
      throw e;
    }
  }

  /// Where OTLP is to be sent to, over HTTP.
  String endpoint() {
    return "http://" + LOOPBACK + receiver;
  }

  /// A trace, as soon as it has a span of that name: what was received is not told at once.
  JsonObject trace(String id, String span) throws Exception {
    AtomicReference<JsonObject> told = new AtomicReference<>(new JsonObject());
    until(
        "trace " + id + " has " + span,
        () -> {
          JsonObject answer = get("/api/traces/" + id);
          JsonObject trace =
              answer == null ? null : objects(answer, "data").findFirst().orElse(null);
          if (trace == null) {
            return false;
          }
          told.set(trace);
          return objects(trace, "spans")
              .anyMatch(one -> one.getString("operationName").equals(span));
        });
    return told.get();
  }

  /// The objects of an array.
  static Stream<JsonObject> objects(JsonObject of, String array) {
    return of.getJsonArray(array).stream().map(JsonObject.class::cast);
  }

  static Object tag(JsonObject span, String key) {
    return objects(span, "tags")
        .filter(tag -> tag.getString("key").equals(key))
        .map(tag -> tag.getValue("value"))
        .findFirst()
        .orElseThrow(() -> new AssertionError(span + " has no " + key));
  }

  /// Null where it does not answer, or not with what was asked for.
  private @Nullable JsonObject get(String path) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://" + LOOPBACK + query + path)).build();
    try {
      HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
      return answer.statusCode() == 200 ? new JsonObject(answer.body()) : null;
    } catch (ConnectException e) {
      return null;
    }
  }

  private interface Condition {
    boolean holds() throws Exception;
  }

  private void until(String what, Condition condition) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_S);
    while (!condition.holds()) {
      if (!process.isAlive() || System.nanoTime() > end) {
        throw new AssertionError(
            "Jaeger: not so: " + what + "\n" + Files.readString(log, StandardCharsets.UTF_8));
      }
      Thread.sleep(50);
    }
  }

  @Override
  public void close() {
    client.close();
    process.destroy();
    try {
      process.onExit().get(WAIT_S, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      process.destroyForcibly();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
