package dev.lifeline.events.otlp;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPInputStream;

/// A collector: takes OTLP/HTTP in protobuf, as the real ones do, and keeps the spans.
final class OtlpReceiver implements AutoCloseable {
  /// A span as it arrived.
  record Received(
      String name,
      String traceId,
      String spanId,
      String parentId,
      long startNanos,
      long endNanos,
      boolean error,
      Span.SpanKind kind,
      Map<String, String> attributes,
      List<String> links) {}

  private final HttpServer server;
  private final ExecutorService worker = Executors.newSingleThreadExecutor();
  final List<Received> spans = new CopyOnWriteArrayList<>();
  final List<Map<String, String>> resources = new CopyOnWriteArrayList<>();
  volatile int answer = 200;
  final AtomicInteger refused = new AtomicInteger();

  OtlpReceiver() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/v1/traces", this::handle);
    server.setExecutor(worker);
    server.start();
  }

  String endpoint() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange;
        InputStream body = exchange.getRequestBody()) {
      boolean gzip = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
      byte[] request = (gzip ? new GZIPInputStream(body) : body).readAllBytes();
      if (answer != 200) {
        refused.incrementAndGet();
        exchange.sendResponseHeaders(answer, -1);
        return;
      }
      for (ResourceSpans group :
          ExportTraceServiceRequest.parseFrom(request).getResourceSpansList()) {
        resources.add(attributes(group.getResource().getAttributesList()));
        group
            .getScopeSpansList()
            .forEach(scope -> scope.getSpansList().forEach(span -> spans.add(received(span))));
      }
      byte[] response = ExportTraceServiceResponse.getDefaultInstance().toByteArray();
      exchange.getResponseHeaders().add("Content-Type", "application/x-protobuf");
      exchange.sendResponseHeaders(200, response.length == 0 ? -1 : response.length);
      exchange.getResponseBody().write(response);
    }
  }

  private static Received received(Span span) {
    HexFormat hex = HexFormat.of();
    return new Received(
        span.getName(),
        hex.formatHex(span.getTraceId().toByteArray()),
        hex.formatHex(span.getSpanId().toByteArray()),
        hex.formatHex(span.getParentSpanId().toByteArray()),
        span.getStartTimeUnixNano(),
        span.getEndTimeUnixNano(),
        span.getStatus().getCode() == Status.StatusCode.STATUS_CODE_ERROR,
        span.getKind(),
        attributes(span.getAttributesList()),
        span.getLinksList().stream()
            .map(link -> hex.formatHex(link.getSpanId().toByteArray()))
            .toList());
  }

  private static Map<String, String> attributes(List<KeyValue> list) {
    Map<String, String> attributes = new TreeMap<>();
    for (KeyValue pair : list) {
      String value =
          pair.getValue().hasStringValue()
              ? pair.getValue().getStringValue()
              : pair.getValue().hasIntValue()
                  ? Long.toString(pair.getValue().getIntValue())
                  : Boolean.toString(pair.getValue().getBoolValue());
      attributes.put(pair.getKey(), value);
    }
    return attributes;
  }

  @Override
  public void close() {
    server.stop(0);
    worker.shutdownNow();
  }
}
