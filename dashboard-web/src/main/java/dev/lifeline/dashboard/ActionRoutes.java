package dev.lifeline.dashboard;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import org.jspecify.annotations.Nullable;

/// What changes something:
///
/// ```text
/// GET  /api/v1/actions               which drills there are, and where the token is to be found
/// POST /api/v1/actions/token         204 when the token is right
/// POST /api/v1/actions/drill         {"name": "crash_backend", "pid": 12} -> {"after": 4711}
/// POST /api/v1/actions/annotation    {"text", "author", "at", "until"?} -> {"sequence": 4712}
/// ```
///
/// Each POST needs `Authorization: Bearer <token>`. A page of another site cannot send that header
/// without being asked whether it may, which it never may.
final class ActionRoutes {
  private static final int BODY_BYTES_MAX = 16 << 10;
  private static final int TEXT_MAX = 2000;
  private static final String BEARER = "Bearer ";

  private final @Nullable Actions actions;

  ActionRoutes(@Nullable Actions actions) {
    this.actions = actions;
  }

  void addTo(Router router) {
    router.get("/api/v1/actions").handler(this::list);
    Actions there = actions;
    if (there == null) {
      return;
    }
    router.post("/api/v1/actions/*").handler(Api.guarded(context -> admit(context, there)));
    // The body of who was not admitted is not read.
    router
        .post("/api/v1/actions/*")
        .handler(BodyHandler.create(false).setBodyLimit(BODY_BYTES_MAX));
    router
        .post("/api/v1/actions/token")
        .handler(context -> context.response().setStatusCode(204).end());
    router.post("/api/v1/actions/drill").handler(Api.guarded(context -> drill(context, there)));
    router
        .post("/api/v1/actions/annotation")
        .handler(Api.guarded(context -> annotate(context, there)));
  }

  private static void admit(RoutingContext context, Actions actions) {
    String given = context.request().getHeader(HttpHeaders.AUTHORIZATION);
    if (given == null || !given.startsWith(BEARER)) {
      throw new Problem(Problem.UNAUTHORIZED, "this needs the token: " + actions.whereTheTokenIs());
    }
    if (!actions.admits(given.substring(BEARER.length()))) {
      throw new Problem(Problem.FORBIDDEN, "this is not the token: " + actions.whereTheTokenIs());
    }
    context.next();
  }

  private void list(RoutingContext context) {
    JsonObject out = new JsonObject();
    JsonArray drills = new JsonArray();
    Actions there = actions;
    if (there != null) {
      for (Actions.Drill drill : there.drills()) {
        drills.add(
            new JsonObject()
                .put("name", drill.name())
                .put("title", drill.title())
                .put("takes_pid", drill.takesPid())
                .put("expected", new JsonArray(drill.expected())));
      }
      out.put("token", there.whereTheTokenIs()).put("jaeger_url", there.jaegerUrl());
    }
    answer(context, out.put("drills", drills));
  }

  static JsonObject body(RoutingContext context) {
    try {
      JsonObject body = context.body().asJsonObject();
      if (body != null) {
        return body;
      }
    } catch (DecodeException e) {
      // Told below.
    }
    throw new Problem(Problem.BAD_REQUEST, "the body is not a JSON object");
  }

  private static long number(JsonObject body, String name) {
    if (body.getValue(name) instanceof Number number && number.longValue() >= 0) {
      return number.longValue();
    }
    throw new Problem(Problem.BAD_REQUEST, "\"" + name + "\" is not a number from 0");
  }

  static String text(JsonObject body, String name) {
    if (body.getValue(name) instanceof String text
        && !text.isBlank()
        && text.length() <= TEXT_MAX) {
      return text.strip();
    }
    throw new Problem(
        Problem.BAD_REQUEST, "\"" + name + "\" is not a text of 1 to " + TEXT_MAX + " characters");
  }

  private static void drill(RoutingContext context, Actions actions) {
    JsonObject body = body(context);
    String name = text(body, "name");
    if (actions.drills().stream().noneMatch(drill -> drill.name().equals(name))) {
      throw new Problem(Problem.NOT_FOUND, "there is no drill " + name);
    }
    int pid = body.containsKey("pid") ? Math.toIntExact(number(body, "pid")) : 0;
    actions
        .drill(name, pid)
        .onSuccess(after -> answer(context, new JsonObject().put("after", after)))
        .onFailure(error -> refuse(context, error));
  }

  private static void annotate(RoutingContext context, Actions actions) {
    JsonObject body = body(context);
    Long until = body.containsKey("until") ? (Long) number(body, "until") : null;
    actions
        .annotate(text(body, "text"), text(body, "author"), number(body, "at"), until)
        .onSuccess(sequence -> answer(context, new JsonObject().put("sequence", sequence)))
        .onFailure(error -> refuse(context, error));
  }

  static void refuse(RoutingContext context, Throwable error) {
    Api.fail(context, new Problem(Problem.BAD_REQUEST, String.valueOf(error.getMessage())));
  }

  static void answer(RoutingContext context, JsonObject body) {
    Buffer bytes = body.toBuffer();
    context
        .response()
        .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
        .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
        .end(bytes);
  }
}
