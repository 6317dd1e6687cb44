package dev.lifeline.dashboard;

import io.vertx.core.Handler;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/// What all handlers of the API do alike: find the log, read parameters, work off the event loop,
/// tell what went wrong.
final class Api {
  private static final int INTERNAL = 500;

  private final EventLogs logs;
  private final WorkerExecutor worker;

  Api(EventLogs logs, WorkerExecutor worker) {
    this.logs = logs;
    this.worker = worker;
  }

  static Handler<RoutingContext> guarded(Handler<RoutingContext> handler) {
    return context -> {
      try {
        handler.handle(context);
      } catch (Problem problem) {
        fail(context, problem);
      }
    };
  }

  EventLog log(RoutingContext context) {
    String cluster = context.request().getParam("cluster");
    List<EventLog> all = logs.all();
    EventLog found = cluster != null ? logs.find(cluster) : all.size() == 1 ? all.get(0) : null;
    if (found != null) {
      return found;
    }
    throw cluster != null
        ? new Problem(Problem.NOT_FOUND, "there is no cluster " + cluster)
        : new Problem(Problem.BAD_REQUEST, "which cluster? See /api/v1/clusters");
  }

  static long number(RoutingContext context, String name, long missing) {
    @Nullable String text = context.request().getParam(name);
    return text == null ? missing : parse(name, text);
  }

  static long parse(String name, String text) {
    try {
      long value = Long.parseLong(text);
      if (value >= 0) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    throw new Problem(Problem.BAD_REQUEST, "\"" + name + "\" is not a number from 0: " + text);
  }

  /// What is listed in a parameter, separated by commas.
  static List<String> list(RoutingContext context, String name) {
    @Nullable String text = context.request().getParam(name);
    return text == null
        ? List.of()
        : Arrays.stream(text.split(",", -1)).filter(item -> !item.isBlank()).toList();
  }

  static List<Integer> pids(RoutingContext context) {
    return list(context, "pids").stream()
        .map(pid -> (int) Math.min(Integer.MAX_VALUE, parse("pids", pid)))
        .toList();
  }

  void onWorker(RoutingContext context, Callable<Buffer> work, String contentType) {
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

  WorkerExecutor worker() {
    return worker;
  }

  static void fail(RoutingContext context, Throwable error) {
    HttpServerResponse response = context.response();
    if (response.ended() || response.closed()) {
      return;
    }
    int status = error instanceof Problem problem ? problem.status() : INTERNAL;
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
