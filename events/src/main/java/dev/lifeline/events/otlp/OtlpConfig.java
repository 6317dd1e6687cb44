package dev.lifeline.events.otlp;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.resources.Resource;
import java.net.URI;
import java.util.Map;

/// Where and how to export.
///
/// @param endpoint the collector's base address, e.g. `http://localhost:4318`; with a path of its
///   own it is taken as it is
/// @param headers sent with every request, e.g. an API key
/// @param serviceName the name of the server in the traces
/// @param serviceVersion the version of the server in the traces
/// @param queueSpansMax how many spans may wait for the collector; more are dropped and counted
/// @param batchSpansMax how many spans go into one request
/// @param timeoutMs how long a request may take
public record OtlpConfig(
    String endpoint,
    Map<String, String> headers,
    String serviceName,
    String serviceVersion,
    int queueSpansMax,
    int batchSpansMax,
    int timeoutMs) {

  public OtlpConfig {
    headers = Map.copyOf(headers);
    if (queueSpansMax < 1 || batchSpansMax < 1 || timeoutMs < 1) {
      throw new IllegalArgumentException("sizes are positive");
    }
  }

  /// What a server uses unless it is told otherwise.
  public static OtlpConfig of(String endpoint, String serviceVersion) {
    return new OtlpConfig(endpoint, Map.of(), "lifeline", serviceVersion, 50_000, 512, 10_000);
  }

  public OtlpConfig withQueue(int spansMax, int batchMax) {
    return new OtlpConfig(
        endpoint, headers, serviceName, serviceVersion, spansMax, batchMax, timeoutMs);
  }

  public OtlpConfig withHeaders(Map<String, String> all) {
    return new OtlpConfig(
        endpoint, all, serviceName, serviceVersion, queueSpansMax, batchSpansMax, timeoutMs);
  }

  String tracesUrl() {
    return url("traces");
  }

  /// Where a signal goes. An address with a path of its own is that of the traces; the other
  /// signals are beside them.
  String url(String signal) {
    String path = URI.create(endpoint).getPath();
    boolean bare = path == null || path.isEmpty() || path.equals("/");
    return bare
        ? endpoint.replaceAll("/$", "") + "/v1/" + signal
        : endpoint.replaceAll("/v1/traces$", "/v1/" + signal);
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
