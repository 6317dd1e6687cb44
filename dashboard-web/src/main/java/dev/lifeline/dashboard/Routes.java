package dev.lifeline.dashboard;

import dev.lifeline.events.codec.JsonWriter;
import dev.lifeline.events.journal.JournalLine;
import dev.lifeline.events.kafka.AsyncApi;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.StaticHandler;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/// The dashboard's HTTP API:
///
/// ```text
/// GET /api/v1/clusters                           what there is
/// GET /api/v1/events?cluster=&from=&limit=       events as NDJSON, oldest first
/// GET /api/v1/stream?cluster=&from=              events as they happen, as server-sent events
/// GET /api/v1/state?cluster=&at=                 the state at a sequence or an instant (RFC 3339)
/// GET /asyncapi.yaml                             the topics in Kafka, as AsyncAPI 3
/// GET /healthz                                   200 while it serves
/// GET /metrics                                   Prometheus
/// ```
///
/// `cluster` may be left out where there is one. Errors are `application/problem+json`.
final class Routes {
  private static final int LIMIT_DEFAULT = 1000;
  private static final int LIMIT_MAX = 100_000;
  private static final int BAD_REQUEST = 400;
  private static final int NOT_FOUND = 404;
  private static final int MISDIRECTED = 421;
  private static final int INTERNAL = 500;
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "::1", "[::1]");

  private final Vertx vertx;
  private final EventLogs logs;
  private final WorkerExecutor worker;

  Routes(Vertx vertx, EventLogs logs, WorkerExecutor worker) {
    this.vertx = vertx;
    this.logs = logs;
    this.worker = worker;
  }

  /// A request that cannot be served as it is.
  private static final class Problem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;

    Problem(int status, String message) {
      super(message, null, false, false);
      this.status = status;
    }
  }

  Router router(List<String> addresses) {
    Router router = Router.router(vertx);
    router.route().handler(context -> checkHost(context, addresses));
    router.route().handler(Routes::securityHeaders);
    router.get("/api/v1/clusters").handler(guarded(this::clusters));
    router.get("/api/v1/events").handler(guarded(this::events));
    router.get("/api/v1/stream").handler(guarded(this::stream));
    router.get("/api/v1/state").handler(guarded(this::state));
    router
        .get("/asyncapi.yaml")
        .handler(context ->
            context
                .response()
                .putHeader(HttpHeaders.CONTENT_TYPE, "application/yaml")
                .end(AsyncApi.yaml()));
    router.get("/healthz").handler(context -> context.response().end("ok\n"));
    router
        .get("/metrics")
        .handler(context ->
            context
                .response()
                .putHeader(HttpHeaders.CONTENT_TYPE, Metrics.CONTENT_TYPE)
                .end(Metrics.of(logs.all())));
    router
        .route("/api/*")
        .handler(context -> fail(context, new Problem(NOT_FOUND, "no such path")));
    router
        .get()
        .handler(
            StaticHandler.create("dev/lifeline/dashboard/web")
                .setIndexPage("index.html")
                .setCachingEnabled(false));
    return router;
  }

  /// A page of some other site whose name an attacker has pointed at this machine must not read the
  /// log: on loopback only names of loopback are served.
  private static void checkHost(RoutingContext context, List<String> addresses) {
    HostAndPort authority = context.request().authority();
    boolean loopbackOnly = LOOPBACK.containsAll(addresses);
    if (loopbackOnly && (authority == null || !LOOPBACK.contains(authority.host()))) {
      fail(context, new Problem(MISDIRECTED, "this is not the host that was asked for"));
      return;
    }
    context.next();
  }

  private static void securityHeaders(RoutingContext context) {
    context
        .response()
        .putHeader("X-Content-Type-Options", "nosniff")
        .putHeader("X-Frame-Options", "DENY")
        .putHeader("Referrer-Policy", "no-referrer")
        .putHeader(
            "Content-Security-Policy",
            "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:");
    context.next();
  }

  private static io.vertx.core.Handler<RoutingContext> guarded(
      io.vertx.core.Handler<RoutingContext> handler) {
    return context -> {
      try {
        handler.handle(context);
      } catch (Problem problem) {
        fail(context, problem);
      }
    };
  }

  private void clusters(RoutingContext context) {
    onWorker(
        context,
        () -> {
          JsonArray clusters = new JsonArray();
          for (EventLog log : logs.all()) {
            var postmaster = log.state().postmaster();
            clusters.add(
                new JsonObject()
                    .put("system_identifier", log.systemIdentifier())
                    .put("first_sequence", log.firstSequence())
                    .put("last_sequence", log.lastSequence())
                    .put("state", postmaster.state())
                    .put("version", postmaster.version())
                    .put("server_version", postmaster.serverVersion())
                    .put("data_directory", postmaster.dataDirectory())
                    .put("listening", new JsonArray(postmaster.listening())));
          }
          return new JsonObject().put("clusters", clusters).toBuffer();
        },
        "application/json");
  }

  private void events(RoutingContext context) {
    EventLog log = log(context);
    long from = number(context, "from", 1);
    int limit = (int) Math.min(LIMIT_MAX, number(context, "limit", LIMIT_DEFAULT));
    onWorker(context, () -> ndjson(log.read(from, limit)), "application/x-ndjson");
  }

  private static Buffer ndjson(List<JournalLine> lines) {
    Buffer out = Buffer.buffer();
    for (JournalLine line : lines) {
      out.appendBytes(line.bytes()).appendByte((byte) '\n');
    }
    return out;
  }

  /// `Last-Event-ID` is what a browser sends when it connects again: it goes on after that event.
  private void stream(RoutingContext context) {
    EventLog log = log(context);
    String lastId = context.request().getHeader("Last-Event-ID");
    long from =
        lastId == null
            ? number(context, "from", log.lastSequence() + 1)
            : parse("Last-Event-ID", lastId) + 1;
    new EventStream(vertx, worker, context.response()).start(log, from);
  }

  private void state(RoutingContext context) {
    EventLog log = log(context);
    String at = context.request().getParam("at");
    onWorker(
        context,
        () -> {
          JsonWriter out = new JsonWriter();
          if (at == null) {
            log.state().writeJson(out);
          } else if (!at.isEmpty() && at.chars().allMatch(Character::isDigit)) {
            log.stateAt(parse("at", at)).writeJson(out);
          } else {
            log.stateAt(instant(at)).writeJson(out);
          }
          return Buffer.buffer(out.toByteArray());
        },
        "application/json");
  }

  private static Instant instant(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      throw new Problem(
          BAD_REQUEST, "\"at\" is neither a sequence nor an instant (RFC 3339): " + text);
    }
  }

  private EventLog log(RoutingContext context) {
    String cluster = context.request().getParam("cluster");
    List<EventLog> all = logs.all();
    EventLog found = cluster != null ? logs.find(cluster) : all.size() == 1 ? all.get(0) : null;
    if (found != null) {
      return found;
    }
    throw cluster != null
        ? new Problem(NOT_FOUND, "there is no cluster " + cluster)
        : new Problem(BAD_REQUEST, "which cluster? See /api/v1/clusters");
  }

  private static long number(RoutingContext context, String name, long missing) {
    @Nullable String text = context.request().getParam(name);
    return text == null ? missing : parse(name, text);
  }

  private static long parse(String name, String text) {
    try {
      long value = Long.parseLong(text);
      if (value >= 0) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    throw new Problem(BAD_REQUEST, "\"" + name + "\" is not a number from 0: " + text);
  }

  private void onWorker(RoutingContext context, Callable<Buffer> work, String contentType) {
    worker
        .executeBlocking(work, false)
        .onComplete(done -> {
          if (done.succeeded()) {
            context
                .response()
                .putHeader(HttpHeaders.CONTENT_TYPE, contentType)
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                .end(done.result());
          } else {
            fail(context, done.cause());
          }
        });
  }

  private static void fail(RoutingContext context, Throwable error) {
    HttpServerResponse response = context.response();
    if (response.ended() || response.closed()) {
      return;
    }
    int status = error instanceof Problem problem ? problem.status : INTERNAL;
    String title =
        error instanceof Problem
            ? error.getMessage()
            : error instanceof IOException
                ? "the event log cannot be read: " + error.getMessage()
                : "internal error";
    response
        .setStatusCode(status)
        .putHeader(HttpHeaders.CONTENT_TYPE, "application/problem+json")
        .end(new JsonObject().put("status", status).put("title", title).toBuffer());
  }
}
