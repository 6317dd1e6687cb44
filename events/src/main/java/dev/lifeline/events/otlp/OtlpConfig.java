package dev.lifeline.events.otlp;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.exporter.otlp.http.metrics.OtlpHttpMetricExporter;
import io.opentelemetry.exporter.otlp.http.metrics.OtlpHttpMetricExporterBuilder;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporterBuilder;
import io.opentelemetry.exporter.otlp.metrics.OtlpGrpcMetricExporter;
import io.opentelemetry.exporter.otlp.metrics.OtlpGrpcMetricExporterBuilder;
import io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporter;
import io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporterBuilder;
import io.opentelemetry.sdk.metrics.export.MetricExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.net.URI;
import java.time.Duration;
import java.util.Map;

/// Where and how to export.
///
/// @param endpoint the collector's base address, e.g. `http://localhost:4318`, or
///   `http://localhost:4317` for gRPC; over HTTP one with a path of its own is taken as it is
/// @param protocol how it is spoken to
/// @param headers sent with every request, e.g. an API key
/// @param serviceName the name of the server in the traces
/// @param serviceVersion the version of the server in the traces
/// @param queueSpansMax how many spans may wait for the collector; more are dropped and counted
/// @param batchSpansMax how many spans go into one request
/// @param timeoutMs how long a request may take
public record OtlpConfig(
    String endpoint,
    Protocol protocol,
    Map<String, String> headers,
    String serviceName,
    String serviceVersion,
    int queueSpansMax,
    int batchSpansMax,
    int timeoutMs) {

  /// The two of OpenTelemetry's protocols that every collector takes.
  public enum Protocol {
    /// Protobuf over HTTP/1.1 or 2.
    HTTP_PROTOBUF,
    /// Protobuf over gRPC.
    GRPC
  }

  public OtlpConfig {
    headers = Map.copyOf(headers);
    if (queueSpansMax < 1 || batchSpansMax < 1 || timeoutMs < 1) {
      throw new IllegalArgumentException("sizes are positive");
    }
  }

  /// What a server uses unless it is told otherwise.
  public static OtlpConfig of(String endpoint, String serviceVersion) {
    return new OtlpConfig(
        endpoint,
        Protocol.HTTP_PROTOBUF,
        Map.of(),
        "lifeline",
        serviceVersion,
        50_000,
        512,
        10_000);
  }

  public OtlpConfig withQueue(int spansMax, int batchMax) {
    return new OtlpConfig(
        endpoint, protocol, headers, serviceName, serviceVersion, spansMax, batchMax, timeoutMs);
  }

  public OtlpConfig withProtocol(Protocol spoken) {
    return new OtlpConfig(
        endpoint,
        spoken,
        headers,
        serviceName,
        serviceVersion,
        queueSpansMax,
        batchSpansMax,
        timeoutMs);
  }

  public OtlpConfig withHeaders(Map<String, String> all) {
    return new OtlpConfig(
        endpoint,
        protocol,
        all,
        serviceName,
        serviceVersion,
        queueSpansMax,
        batchSpansMax,
        timeoutMs);
  }

  /// Where a signal goes over HTTP. An address with a path of its own is that of the traces; the
  /// other signals are beside them.
  String url(String signal) {
    String path = URI.create(endpoint).getPath();
    boolean bare = path == null || path.isEmpty() || path.equals("/");
    return bare
        ? endpoint.replaceAll("/$", "") + "/v1/" + signal
        : endpoint.replaceAll("/v1/traces$", "/v1/" + signal);
  }

  /// What sends spans. It tries nothing again: that is done where the queue is.
  SpanExporter spanExporter() {
    Duration timeout = Duration.ofMillis(timeoutMs);
    return switch (protocol) {
      case HTTP_PROTOBUF -> {
        OtlpHttpSpanExporterBuilder builder =
            OtlpHttpSpanExporter.builder()
                .setEndpoint(url("traces"))
                .setCompression("gzip")
                .setRetryPolicy(null)
                .setTimeout(timeout);
        headers.forEach(builder::addHeader);
        yield builder.build();
      }
      case GRPC -> {
        OtlpGrpcSpanExporterBuilder builder =
            OtlpGrpcSpanExporter.builder()
                .setEndpoint(endpoint)
                .setCompression("gzip")
                .setRetryPolicy(null)
                .setTimeout(timeout);
        headers.forEach(builder::addHeader);
        yield builder.build();
      }
    };
  }

  MetricExporter metricExporter() {
    Duration timeout = Duration.ofMillis(timeoutMs);
    return switch (protocol) {
      case HTTP_PROTOBUF -> {
        OtlpHttpMetricExporterBuilder builder =
            OtlpHttpMetricExporter.builder()
                .setEndpoint(url("metrics"))
                .setCompression("gzip")
                .setTimeout(timeout);
        headers.forEach(builder::addHeader);
        yield builder.build();
      }
      case GRPC -> {
        OtlpGrpcMetricExporterBuilder builder =
            OtlpGrpcMetricExporter.builder()
                .setEndpoint(endpoint)
                .setCompression("gzip")
                .setTimeout(timeout);
        headers.forEach(builder::addHeader);
        yield builder.build();
      }
    };
  }

  Resource resource(long systemIdentifier) {
    return Resource.create(
        Attributes.builder()
            .put("service.name", serviceName)
            .put("service.version", serviceVersion)
            .put("service.instance.id", Long.toUnsignedString(systemIdentifier))
            .put("telemetry.sdk.name", "opentelemetry")
            .put("telemetry.sdk.language", "java")
            .build());
  }
}
