package dev.lifeline.main;

import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.Span;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.zip.GZIPInputStream;

/// A collector that speaks OTLP over gRPC: HTTP/2 without TLS, a frame in, a frame and trailers
/// out. It keeps the spans, and takes any other signal without a look.
final class GrpcCollector implements AutoCloseable {
  private static final String TRACES =
      "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
  private static final int FRAME_HEAD = 5;
  private static final byte COMPRESSED = 1;

  final List<Span> spans = new CopyOnWriteArrayList<>();

  /// Who has sent spans.
  final List<Resource> resources = new CopyOnWriteArrayList<>();

  final List<String> methods = new CopyOnWriteArrayList<>();
  private final Vertx vertx = Vertx.vertx();
  private final HttpServer server;

  GrpcCollector() {
    server = vertx.createHttpServer().requestHandler(this::receive).listen(0, "127.0.0.1").await();
  }

  String endpoint() {
    return "http://127.0.0.1:" + server.actualPort();
  }

  private void receive(HttpServerRequest request) {
    request
        .body()
        .onSuccess(body -> {
          boolean grpc =
              request.version() == HttpVersion.HTTP_2
                  && "application/grpc".equals(request.getHeader("content-type"));
          methods.add(request.path());
          if (TRACES.equals(request.path())) {
            take(body);
          }
          request.response().putHeader("content-type", "application/grpc");
          request.response().putTrailer("grpc-status", grpc ? "0" : "3");
          var _ = request.response().end(Buffer.buffer(new byte[FRAME_HEAD]));
        });
  }

  private void take(Buffer body) {
    byte[] message = body.getBytes(FRAME_HEAD, FRAME_HEAD + body.getInt(1));
    try {
      byte[] plain =
          body.getByte(0) == COMPRESSED
              ? new GZIPInputStream(new ByteArrayInputStream(message)).readAllBytes()
              : message;
      ExportTraceServiceRequest.parseFrom(plain)
          .getResourceSpansList()
          .forEach(group -> {
            resources.add(group.getResource());
            group.getScopeSpansList().forEach(scope -> spans.addAll(scope.getSpansList()));
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    vertx.close().await();
  }
}
