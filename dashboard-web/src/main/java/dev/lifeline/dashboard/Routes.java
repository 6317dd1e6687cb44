package dev.lifeline.dashboard;

import dev.lifeline.events.codec.JsonWriter;
import dev.lifeline.events.journal.JournalLine;
import dev.lifeline.events.kafka.AsyncApi;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.StaticHandler;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The dashboard's HTTP API:
///
/// ```text
/// GET /api/v1/clusters                           what there is
/// GET /api/v1/events?cluster=&from=&limit=       events as NDJSON, oldest first
/// GET /api/v1/stream?cluster=&from=              events as they happen, as server-sent events
/// GET /api/v1/state?cluster=&at=                 the state at a sequence or an instant (RFC 3339)
/// GET /api/v1/timeline...                        see TimelineRoutes
/// GET /api/v1/export?format=&from=&to=...        see ExportRoute
/// GET, POST /api/v1/actions...                   see ActionRoutes, QueryRoute
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
  private static final String PAGE = "dev/lifeline/dashboard/web";
  private static final long ASSETS_KEPT_S = 365L * 24 * 3600;
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "::1", "[::1]");

  private final Vertx vertx;
  private final EventLogs logs;
  private final WorkerExecutor worker;
  private final @Nullable Actions actions;
  private final Api api;

  /// @param actions what may be done to the server; null where nothing may
  Routes(Vertx vertx, EventLogs logs, WorkerExecutor worker, @Nullable Actions actions) {
    this.vertx = vertx;
    this.logs = logs;
    this.worker = worker;
    this.actions = actions;
    this.api = new Api(logs, worker);
  }

  Router router(List<String> addresses) {
    Router router = Router.router(vertx);
    router.route().handler(context -> checkHost(context, addresses));
    router.route().handler(Routes::securityHeaders);
    router.get("/api/v1/clusters").handler(Api.guarded(this::clusters));
    router.get("/api/v1/events").handler(Api.guarded(this::events));
    router.get("/api/v1/stream").handler(Api.guarded(this::stream));
    router.get("/api/v1/state").handler(Api.guarded(this::state));
    new TimelineRoutes(api).addTo(router);
    new ExportRoute(vertx, api).addTo(router);
    new ActionRoutes(actions).addTo(router);
    if (actions != null) {
      new QueryRoute(api, actions).addTo(router);
    }
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
        .handler(context -> Api.fail(context, new Problem(NOT_FOUND, "no such path")));
    // Their names change with what is in them, so a browser need never ask again.
    router
        .get("/assets/*")
        .handler(
            StaticHandler.create(PAGE + "/assets")
                .setCachingEnabled(true)
                .setMaxAgeSeconds(ASSETS_KEPT_S));
    router
        .get()
        .handler(StaticHandler.create(PAGE).setIndexPage("index.html").setCachingEnabled(false));
    return router;
  }

  /// A page of some other site whose name an attacker has pointed at this machine must not read the
  /// log: on loopback only names of loopback are served.
  private static void checkHost(RoutingContext context, List<String> addresses) {
    HostAndPort authority = context.request().authority();
    boolean loopbackOnly = LOOPBACK.containsAll(addresses);
    if (loopbackOnly && (authority == null || !LOOPBACK.contains(authority.host()))) {
      Api.fail(context, new Problem(MISDIRECTED, "this is not the host that was asked for"));
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

  private void clusters(RoutingContext context) {
    api.onWorker(
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
    EventLog log = api.log(context);
    long from = Api.number(context, "from", 1);
    int limit = (int) Math.min(LIMIT_MAX, Api.number(context, "limit", LIMIT_DEFAULT));
    api.onWorker(context, () -> ndjson(log.read(from, limit)), "application/x-ndjson");
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
    EventLog log = api.log(context);
    String lastId = context.request().getHeader("Last-Event-ID");
    long from =
        lastId == null
            ? Api.number(context, "from", log.lastSequence() + 1)
            : Api.parse("Last-Event-ID", lastId) + 1;
    new EventStream(vertx, worker, context.response()).start(log, from);
  }

  private void state(RoutingContext context) {
    EventLog log = api.log(context);
    String at = context.request().getParam("at");
    api.onWorker(
        context,
        () -> {
          JsonWriter out = new JsonWriter();
          if (at == null) {
            log.state().writeJson(out);
          } else if (!at.isEmpty() && at.chars().allMatch(Character::isDigit)) {
            log.stateAt(Api.parse("at", at)).writeJson(out);
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
}
