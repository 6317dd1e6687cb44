package dev.lifeline.events.otlp;

import dev.lifeline.events.TraceContext;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;

/// Span contexts of OpenTelemetry from ours.
final class SpanContextOf {
  private SpanContextOf() {}

  static SpanContext ids(String traceId, String spanId) {
    return SpanContext.create(traceId, spanId, TraceFlags.getSampled(), TraceState.getDefault());
  }

  /// The client's span, which is the parent of ours.
  static SpanContext remote(TraceContext trace) {
    return SpanContext.createFromRemoteParent(
        trace.traceId(),
        trace.spanId(),
        TraceFlags.fromByte((byte) trace.flags()),
        TraceState.getDefault());
  }
}
