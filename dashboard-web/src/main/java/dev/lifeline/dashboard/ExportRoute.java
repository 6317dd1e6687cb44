package dev.lifeline.dashboard;

import dev.lifeline.events.export.EventExporter;
import dev.lifeline.events.export.EventFilter;
import dev.lifeline.events.export.ExportFormat;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/// A selection of the log as a file:
///
/// ```text
/// GET /api/v1/export?format=cloudevents|chrome|csv&from=&to=&types=&processes=&pids=&text=
/// ```
///
/// `from` and `to` are sequences, both included; the others are lists separated by commas, `text`
/// is a regular expression. The file is written before it is sent, so that one that cannot be
/// written is an error and not half a file.
final class ExportRoute {
  private final Vertx vertx;
  private final Api api;

  ExportRoute(Vertx vertx, Api api) {
    this.vertx = vertx;
    this.api = api;
  }

  void addTo(Router router) {
    router.get("/api/v1/export").handler(Api.guarded(this::export));
  }

  private static ExportFormat format(RoutingContext context) {
    String name = context.request().getParam("format", "cloudevents");
    for (ExportFormat format : ExportFormat.values()) {
      if (format.name().toLowerCase(Locale.ROOT).equals(name)) {
        return format;
      }
    }
    throw new Problem(Problem.BAD_REQUEST, "there is no format " + name);
  }

  private static String extension(ExportFormat format) {
    return switch (format) {
      case CLOUDEVENTS -> "ndjson";
      case CHROME -> "json";
      case CSV -> "csv";
    };
  }

  private void export(RoutingContext context) {
    EventLog log = api.log(context);
    ExportFormat format = format(context);
    long from = Api.number(context, "from", 1);
    long to = Api.number(context, "to", Long.MAX_VALUE);
    EventFilter filter = TimelineRoutes.eventFilter(context);
    api.worker()
        .executeBlocking(() -> write(log, format, filter, from, to), false)
        .onFailure(error -> Api.fail(context, error))
        .onSuccess(file -> {
          String name =
              "lifeline-%d-%d.%s"
                  .formatted(from, Math.min(to, log.lastSequence()), extension(format));
          context
              .response()
              .putHeader(HttpHeaders.CONTENT_TYPE, "application/octet-stream")
              .putHeader("Content-Disposition", "attachment; filename=\"" + name + "\"")
              .sendFile(file.toString())
              .onComplete(sent -> vertx.fileSystem().delete(file.toString()));
        });
  }

  private static Path write(
      EventLog log, ExportFormat format, EventFilter filter, long from, long to)
      throws IOException {
    Path file = Files.createTempFile("lifeline", ".export");
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      EventExporter.of(format, out).export(log.reader(), filter, from, to);
    } catch (IOException | RuntimeException e) {
      Files.deleteIfExists(file);
      throw e;
    }
    return file;
  }
}
