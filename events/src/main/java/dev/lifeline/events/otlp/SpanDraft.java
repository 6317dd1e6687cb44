package dev.lifeline.events.otlp;

import dev.lifeline.events.Envelope;
import dev.lifeline.events.codec.TimeText;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.StatusData;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A span that has begun. It is finished by the event that ends it, which also gives it its
/// `lifeline.sequence`.
final class SpanDraft {
  private static final double NANOS_PER_MS = 1e6;

  final long sequence;
  final long startNanos;
  private final String name;
  private final SpanContext context;
  private final SpanContext parent;
  private final AttributesBuilder attributes = Attributes.builder();
  private final List<LinkData> links = new ArrayList<>();
  private SpanKind kind = SpanKind.INTERNAL;
  private StatusData status = StatusData.unset();

  /// @param sequence the event that it begins with
  SpanDraft(String name, SpanContext context, SpanContext parent, long sequence, long startNanos) {
    this.name = name;
    this.context = context;
    this.parent = parent;
    this.sequence = sequence;
    this.startNanos = startNanos;
  }

  static long nanos(Envelope envelope) {
    return TimeText.toMicros(envelope.time()) * 1000;
  }

  static long nanosBefore(Envelope envelope, double ms) {
    return nanos(envelope) - nanosOf(ms);
  }

  static long nanosOf(double ms) {
    return (long) (ms * NANOS_PER_MS);
  }

  SpanContext context() {
    return context;
  }

  SpanDraft kind(SpanKind spanKind) {
    kind = spanKind;
    return this;
  }

  SpanDraft put(String key, @Nullable String value) {
    if (value != null) {
      attributes.put(key, value);
    }
    return this;
  }

  SpanDraft put(String key, long value) {
    attributes.put(key, value);
    return this;
  }

  SpanDraft put(String key, double value) {
    attributes.put(key, value);
    return this;
  }

  SpanDraft put(String key, boolean value) {
    attributes.put(key, value);
    return this;
  }

  SpanDraft link(SpanContext to) {
    links.add(LinkData.create(to));
    return this;
  }

  /// Marks it as failed, by the database conventions.
  SpanDraft error(String type, @Nullable String message) {
    attributes.put("error.type", type);
    status = StatusData.create(StatusCode.ERROR, message == null ? "" : message);
    return this;
  }

  ProjectedSpan end(Resource resource, Envelope envelope) {
    return end(resource, envelope, nanos(envelope));
  }

  ProjectedSpan end(Resource resource, Envelope envelope, long endNanos) {
    attributes.put("lifeline.sequence", envelope.sequence());
    attributes.put("lifeline.pid", (long) envelope.subject().pid());
    attributes.put("lifeline.backend_type", envelope.subject().processType());
    return new ProjectedSpan(
        resource,
        name,
        kind,
        context,
        parent,
        status,
        startNanos,
        Math.max(startNanos, endNanos), // the clock may have stepped back in between
        attributes.build(),
        links);
  }
}
